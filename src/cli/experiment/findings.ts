import type { ResultTable } from "../../runs/tables.ts";
import { formatTable } from "../print/table.ts";
import type { TableCell } from "../print/table.ts";

/** Computed tables with their findings and assumptions. */
export interface Findings {
  readonly tables: readonly ResultTable[];
  /** Vega-Lite specifications by the names of their files */
  readonly figures: Readonly<Record<string, object>>;
  /** sentences, each a finding of the rows */
  readonly findings: readonly string[];
  /** sentences, each an assumption of the computation */
  readonly assumptions: readonly string[];
}

/** The tables of an experiment, its findings and its assumptions, as text or JSON. */
export function formatFindings({ tables, findings, assumptions }: Findings, json: boolean): string {
  if (!json)
    return [...tables.map(layOut), listOf("found", findings), listOf("assumed", assumptions)].join("\n\n");
  const rows = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
  return JSON.stringify({ ...rows, findings, assumptions }, null, 2);
}

const listOf = (title: string, lines: readonly string[]): string =>
  [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n");

const layOut = ({ title, columns, rows }: ResultTable): string =>
  `${title}\n${formatTable(
    columns.map(({ name }) => name),
    rows.map((row) => columns.map(({ name }): TableCell => cellOf(row[name]))),
  )}`;

const cellOf = (value: string | number | boolean | null | undefined): TableCell =>
  typeof value === "number" ? Number(value.toPrecision(4)) : value == null ? null : String(value);
