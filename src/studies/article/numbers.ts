import { formatCsv } from "../../files/csv-text.ts";
import { textColumn } from "../../core/table.ts";

/** A number as a report says it, with the quantity that it is of. */
export interface SaidNumber {
  readonly chapter: string;
  /** `score of dense on graphwalks(operation=bfs) at 1M tokens, 1 read` */
  readonly quantity: string;
  readonly text: string;
}

/** Notes a number under the quantity that it is of, and returns its text. */
export type Say = (quantity: string, text: string) => string;

const columns = [
  textColumn("quantity", "quantity that the number is of"),
  textColumn("text", "number as the report says it"),
  textColumn("chapters", "chapters that say it"),
] as const;

/**
 * The numbers of a report as a CSV: each quantity with its number and the chapters that say it.
 *
 * @throws Error where one quantity has two numbers
 */
export function numbersCsv(numbers: readonly SaidNumber[]): string {
  const lines = new Map<string, { quantity: string; text: string; chapters: Set<string> }>();
  for (const { quantity, text, chapter } of numbers) {
    const line = lines.get(quantity) ?? { quantity, text, chapters: new Set() };
    if (line.text !== text)
      throw new Error(
        `${quantity} has two numbers: ${line.text} in ${[...line.chapters].join(" ")}, ${text} in ${chapter}`,
      );
    lines.set(quantity, line);
    line.chapters.add(chapter);
  }
  return formatCsv(
    columns,
    [...lines.values()].map(({ quantity, text, chapters }) => ({
      quantity,
      text,
      chapters: [...chapters].join(" "),
    })),
  );
}
