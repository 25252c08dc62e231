import { escapeHtml } from "../../core/html.ts";
import { inMarkdown, markdownTable } from "../../core/markdown.ts";
import { formatTable } from "./table.ts";

/** Rows of a sheet about one thing: a label, and a cell for each column. */
export interface SheetSection {
  readonly title: string;
  readonly rows: readonly (readonly [label: string, ...cells: string[]])[];
}

/** Things side by side: a column for each. */
export interface Sheet {
  readonly title: string;
  /** titles of the columns */
  readonly columns: readonly string[];
  readonly sections: readonly SheetSection[];
  readonly notes: readonly string[];
}

/** Forms that a sheet can be written in. */
export const sheetFormats = ["text", "md", "html"] as const;

export type SheetFormat = (typeof sheetFormats)[number];

/** A sheet as text, Markdown or a page. */
export const formatSheet = (sheet: Sheet, format: SheetFormat): string => formats[format](sheet);

const formats: Readonly<Record<SheetFormat, (sheet: Sheet) => string>> = {
  text: ({ columns, sections, notes }) =>
    [
      ...sections.map(({ title, rows }) => formatTable([title, ...columns], rows)),
      notes.map((note) => `  ${note}`).join("\n"),
    ].join("\n\n"),
  md: ({ title, columns, sections, notes }) =>
    [
      `# ${inMarkdown(title)}`,
      ...sections.map((section) => markdownTable([section.title, ...columns], section.rows)),
      notes.map((note) => `- ${inMarkdown(note)}`).join("\n"),
    ].join("\n\n"),
  html: ({ title, columns, sections, notes }) =>
    [
      `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${escapeHtml(title)}</title>\n<style>${style}</style>`,
      `<h1>${escapeHtml(title)}</h1>`,
      ...sections.map((section) => htmlTable([section.title, ...columns], section.rows)),
      `<ul>\n${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("\n")}\n</ul>\n</html>`,
    ].join("\n"),
};

const style =
  "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}" +
  "table{border-collapse:collapse;width:100%;margin:1.2rem 0}th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-bottom:1px solid #dfe3e8}" +
  "th:first-child,td:first-child{width:16rem;color:#5d6570}li{color:#5d6570}";

function htmlTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: "th" | "td", texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  return `<table>\n${[cells("th", titles), ...rows.map((row) => cells("td", row))].join("\n")}\n</table>`;
}
