import { formatLength } from "../../../core/length.ts";
import { formatBytes } from "../../../core/units.ts";
import type { Card, CardReserve } from "../../../studies/card/result.ts";
import type { SheetSection } from "../sheet.ts";
import { row, told } from "./rows.ts";

const bytesOrNone = (bytes: number): string => (bytes === 0 ? "-" : formatBytes(bytes));

/** Cache of a sequence, as fixed bytes and bytes a token. */
export const cacheSection = (cards: readonly Card[]): SheetSection => ({
  title: "cache of a sequence",
  rows: told([
    row("KV as", cards, ({ cache }) => cache.kvDtype),
    row("K and V a token", cards, ({ cache }) => bytesOrNone(cache.tokenBytes)),
    row("index a token", cards, ({ cache }) => bytesOrNone(cache.indexTokenBytes)),
    row("windows, fixed", cards, ({ cache }) => bytesOrNone(cache.windowBytes)),
    row("states, fixed", cards, ({ cache }) => bytesOrNone(cache.stateBytes - cache.convolutionBytes)),
    row("convolutions, fixed", cards, ({ cache }) => bytesOrNone(cache.convolutionBytes)),
  ]),
});

/** Memory that each engine sets aside for a sequence. */
export const reserveSection = (cards: readonly Card[]): SheetSection => ({
  title: "set aside for a sequence",
  rows: cards[0]!.reserves.map(({ rule }, r) =>
    row(rule, cards, (card) => reserveText(card, card.reserves[r]!)),
  ),
});

function reserveText({ reservedTokens }: Card, reserve: CardReserve): string {
  if ("unknown" in reserve) return "not known";
  const { fixed, slope, larger, bytes } = reserve;
  return `${formatBytes(fixed)} ${larger ? "or" : "+"} ${formatBytes(slope)} a token (${formatBytes(bytes)} at ${formatLength(reservedTokens)})`;
}
