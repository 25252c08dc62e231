import { citation } from "../../src/cli/print/facts.ts";
import type { Facts } from "../../src/cli/print/facts.ts";
import type { Entry } from "../../src/core/entry.ts";

/** Words as code, with commas between them. */
export const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Sections with a blank line between them; empty ones are left out. */
export const joined = (sections: readonly string[]): string =>
  sections.filter((section) => section !== "").join("\n\n");

/** A Markdown table; empty when there are no rows. */
export function table({ titles, rows }: Facts): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

export const textBlock = (text: string): string => ["```text", text, "```"].join("\n");

/** Departures of an entry from its sources, one a line; empty if there are none. */
export const departures = ({ differs = [] }: Entry): string =>
  differs.length === 0
    ? ""
    : ["Differs from its sources:", "", ...differs.map((text) => `- ${text}`)].join("\n");

/** The sources of an entry, one a line. */
export const sources = ({ sources: cited }: Entry): string =>
  ["Sources:", "", ...cited.map((source) => `- ${citation(source)}`)].join("\n");

/** A table of entries: a link to each one's section on the same page, and its summary. */
export const contents = (entries: Iterable<Entry>): string =>
  table({
    titles: ["name", "summary"],
    rows: [...entries].map(({ name, summary }) => [`[${name}](#${name})`, summary]),
  });
