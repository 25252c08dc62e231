import { formatLength } from "../../../core/length.ts";
import { formatNumber, formatSeconds } from "../../../core/units.ts";
import type { Card, CardDecode, CardPrefill, CardRack } from "../../../studies/card/result.ts";
import type { SheetSection } from "../sheet.ts";
import { row } from "./rows.ts";

/** A section for each rack: users, and times by part, at each length. */
export function rackSections(cards: readonly Card[]): SheetSection[] {
  const systems = [...new Set(cards.flatMap(({ racks }) => racks.map(({ system }) => system)))];
  return systems.map((system) => {
    const lengths = [...new Set(cards.flatMap(({ racks }) => racks.map(({ tokens }) => tokens)))];
    const of = (card: Card, tokens: number): CardRack | undefined =>
      card.racks.find((rack) => rack.system === system && rack.tokens === tokens);
    const cell =
      (tokens: number, text: (rack: CardRack) => string) =>
      (card: Card): string => {
        const rack = of(card, tokens);
        return rack === undefined ? "not made for it" : text(rack);
      };
    return {
      title: system,
      rows: lengths.flatMap((tokens) => {
        const at = formatLength(tokens);
        return [
          row(
            `${at}: users`,
            cards,
            cell(tokens, ({ users }) => formatNumber(users)),
          ),
          row(`${at}: TTFT`, cards, cell(tokens, prefillText)),
          row(`${at}: TPOT`, cards, cell(tokens, decodeText)),
        ];
      }),
    };
  });
}

/** Times by part as `1.2 s (attention 800 ms, ...)`; parts of no time are left out. */
function timesText(seconds: number, parts: Readonly<Record<string, number>>): string {
  const own = Object.entries(parts).filter(([, part]) => part > 0);
  return `${formatSeconds(seconds)} (${own.map(([part, time]) => `${part} ${formatSeconds(time)}`).join(", ")})`;
}

/** Seconds of the parts of a pass, by their names. */
const partsOf = (pass: CardDecode | CardPrefill): Readonly<Record<string, number>> => ({
  attention: pass.attentionSeconds,
  "feed-forward": pass.feedForwardSeconds,
  links: pass.linkSeconds,
  "output head": pass.headSeconds,
  waiting: pass.waitSeconds,
});

const prefillText = ({ prefill }: CardRack): string =>
  prefill === null ? "does not fit" : timesText(prefill.seconds, partsOf(prefill));

function decodeText({ decode }: CardRack): string {
  if (decode === null) return "does not fit";
  const { asked, users, tpotSeconds } = decode;
  const times = timesText(tpotSeconds, partsOf(decode));
  return users === asked ? times : `${times}, ${users} of ${asked} users`;
}
