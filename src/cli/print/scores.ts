import { distinct } from "../../core/group.ts";
import { formatLength } from "../../core/length.ts";
import { fewestForInterval } from "../../core/stats.ts";
import { formatMean, formatShare } from "../../core/units.ts";
import { trialsText } from "../../figures/ends.ts";
import { effectiveScore } from "../../runs/effective.ts";
import type { EffectiveLength, EffectiveTokens } from "../../runs/effective.ts";
import type { ScoreTable } from "../../runs/summary.ts";
import { formatTable } from "./table.ts";
import type { TableCell } from "./table.ts";

/** Titles and cells of a score table. Trials stand in a column's title where all its cells have as many, else in the cells. */
export function scoreCells({ title, columns, lines }: ScoreTable): {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
} {
  const trials = columns.map((_, c) =>
    distinct(lines.flatMap(({ cells }) => (cells[c] === undefined ? [] : [cells[c].trials]))),
  );
  return {
    titles: [
      title,
      ...columns.map((column, c) => (trials[c]!.length === 1 ? `${column}, n=${trials[c]![0]!}` : column)),
    ],
    rows: lines.map(({ series, cells, chosen }) => [
      series,
      ...cells.map((cell, c) => {
        const score = cell === undefined ? "" : formatMean(cell);
        const own = cell === undefined || trials[c]!.length === 1 ? "" : `n=${cell.trials}`;
        return [score, own, chosen[c]!].filter((text) => text !== "").join("  ");
      }),
    ]),
  };
}

/** A table of mean scores with their trials and their intervals or ranges, beside the settings that a budget decided. */
export function formatScores(table: ScoreTable): string {
  const { titles, rows } = scoreCells(table);
  return formatTable(titles, rows);
}

/** The meaning of the lengths and of the brackets in tables of scores; undefined for tables without scores. */
export function bracketsNote(tables: readonly ScoreTable[]): string | undefined {
  const kinds = distinct(
    tables.flatMap(({ lines }) => lines.flatMap(({ cells }) => cells.map((cell) => cell?.kind))),
  );
  const notes = [
    ...(kinds.some((kind) => kind === "t" || kind === "wilson") ? ["[low high]: 95% interval"] : []),
    ...(kinds.includes("range")
      ? [`(low-high): range of fewer than ${fewestForInterval} trials, which is no interval`]
      : []),
  ];
  const thousands = distinct(tables.filter(({ kilo }) => kilo === 1000).map(({ panel }) => panel));
  const lengths =
    thousands.length === 0
      ? []
      : [
          `1K is 1,000 tokens and 1M 1,024,000 in ${thousands.join(", ")}, as its dataset has it; elsewhere 1,024 and 1,048,576`,
        ];
  const what = tables.some(({ exact }) => exact)
    ? ["exact answers: the share of answers that are exactly right, where others have a part of the score"]
    : [];
  return notes.length === 0 ? undefined : `n: trials; ${[...notes, ...what, ...lengths].join("; ")}`;
}

const lengthOrNone = (tokens: number | null): string => (tokens === null ? "-" : formatLength(tokens));

const effectiveCell = (effective: EffectiveTokens | undefined): string =>
  effective === undefined
    ? "too few trials"
    : `${lengthOrNone(effective.tokens)} [${lengthOrNone(effective.low)} ${lengthOrNone(effective.high)}]`;

/** Mean scores over all tasks with their trials, and RULER's effective length with its 95% interval. */
export function formatEffective(all: readonly EffectiveLength[]): string {
  const { tasks } = all[0]!;
  const lengths = [...new Set(all.flatMap((one) => one.lengths.map(({ tokens }) => tokens)))].sort(
    (a, b) => a - b,
  );
  const table = formatTable(
    [
      tasks === 1 ? "one task" : `mean of ${tasks} tasks`,
      ...lengths.map((tokens) => {
        const own = all.flatMap((one) => one.lengths.filter((length) => length.tokens === tokens));
        return `${formatLength(tokens)}, ${trialsText(own)}`;
      }),
      `effective (>= ${effectiveScore})`,
    ],
    all.map(({ series, budget, lengths: own, effective }) => [
      budget === "" ? series : `${series}, ${budget}`,
      ...lengths.map((tokens) => {
        const found = own.find((length) => length.tokens === tokens);
        return found === undefined ? null : formatShare(found.mean);
      }),
      effectiveCell(effective),
    ]),
  );
  return `${table}\n\neffective: the longest length up to which every mean is at least ${effectiveScore} (RULER's bar), and the same by both ends of the means' 95% intervals; -: none`;
}
