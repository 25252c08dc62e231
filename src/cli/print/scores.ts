import { formatLength } from "../../core/length.ts";
import { formatShare } from "../../core/units.ts";
import type { CurvePoint } from "../../figures/aggregate.ts";
import { effectiveScore } from "../../runs/effective.ts";
import type { EffectiveLength } from "../../runs/effective.ts";
import type { ScoreTable } from "../../runs/summary.ts";
import { formatTable } from "./table.ts";

/** A table of mean scores with their 95% intervals, beside the settings that a budget decided; a score of one trial has no interval. */
export const formatScores = ({ panel, columns, lines }: ScoreTable): string =>
  formatTable(
    [panel, ...columns],
    lines.map(({ series, cells, chosen }) => [
      series,
      ...cells.map((cell, c) => [scoreText(cell), chosen[c]!].filter((text) => text !== "").join("  ")),
    ]),
  );

function scoreText(cell: CurvePoint | undefined): string {
  if (cell === undefined) return "";
  const { mean, low, high, trials } = cell;
  return trials === 1 ? formatShare(mean) : `${formatShare(mean)} [${formatShare(low)} ${formatShare(high)}]`;
}

/** Mean scores over all tasks, and RULER's effective length. */
export function formatEffective(all: readonly EffectiveLength[]): string {
  const { tasks } = all[0]!;
  const lengths = [...new Set(all.flatMap((one) => one.lengths.map(({ tokens }) => tokens)))].sort(
    (a, b) => a - b,
  );
  return formatTable(
    [
      tasks === 1 ? "one task" : `mean of ${tasks} tasks`,
      ...lengths.map(formatLength),
      `effective (>= ${effectiveScore})`,
    ],
    all.map(({ series, budget, lengths: own, effective }) => [
      budget === "" ? series : `${series}, ${budget}`,
      ...lengths.map((tokens) => {
        const found = own.find((length) => length.tokens === tokens);
        return found === undefined ? null : formatShare(found.score);
      }),
      effective === undefined ? "-" : formatLength(effective),
    ]),
  );
}
