import { formatBytes, formatUnit } from "../../../core/units.ts";
import type { Card } from "../../../studies/card/result.ts";
import type { SheetSection } from "../sheet.ts";
import { layersText } from "./layers.ts";
import { row, told } from "./rows.ts";

/** Layers, parameters and weights of each model. */
export const modelSection = (cards: readonly Card[]): SheetSection => ({
  title: "model",
  rows: told([
    row("layers", cards, ({ attention }) => String(attention.reduce((sum, { layers }) => sum + layers, 0))),
    row("attention", cards, (card) => layersText(card)),
    row("feed-forward", cards, ({ feedForward }) =>
      feedForward
        .map(
          ({ layers, experts, perToken }) =>
            `${layers} x ${experts === 0 ? "dense" : `${perToken} of ${experts} experts`}`,
        )
        .join(", "),
    ),
    row("made for", cards, ({ longest }) => (longest === null ? "-" : `${longest} tokens`)),
    row("parameters", cards, ({ parameters }) => formatUnit(parameters, "")),
    row("active", cards, ({ active }) => formatUnit(active, "")),
    row("weights", cards, ({ weights }) =>
      weights.map(({ name, bytes }) => `${formatBytes(bytes)} (${name})`).join("; "),
    ),
  ]),
});
