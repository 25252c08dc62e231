import { formatLength } from "../../../core/length.ts";
import { formatMean } from "../../../core/units.ts";
import type { Card } from "../../../studies/card/result.ts";
import type { CardQuestion } from "../../../studies/card/run.ts";
import type { Sheet, SheetSection } from "../sheet.ts";
import { cacheSection, reserveSection } from "./cache.ts";
import { modelSection } from "./model.ts";
import { notesOf } from "./notes.ts";
import { rackSections } from "./racks.ts";
import { row } from "./rows.ts";

/** Cards as a sheet, a column for each. */
export function cardSheet(cards: readonly Card[], question: CardQuestion): Sheet {
  const names = cards.map(({ model }, i) => {
    const before = cards.slice(0, i).filter((card) => card.model === model).length;
    return before === 0 ? model : `${model} (${before + 1})`;
  });
  return {
    title: names.join(" and "),
    columns: names,
    sections: [
      modelSection(cards),
      cacheSection(cards),
      reserveSection(cards),
      ...rackSections(cards),
      foundSection(cards),
    ],
    notes: notesOf(cards, question),
  };
}

const foundSection = (cards: readonly Card[]): SheetSection => ({
  title: `finds: ${cards[0]!.found.task}`,
  rows: cards[0]!.found.scores.map(({ tokens }, i) =>
    row(formatLength(tokens), cards, ({ found }) => {
      const { own, dense } = found.scores[i]!;
      const text = [own, dense].map((estimate) => (estimate === null ? "-" : formatMean(estimate)));
      return `${text[0]!}; dense ${text[1]!}`;
    }),
  ),
});
