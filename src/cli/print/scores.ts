import { formatLength } from "../../core/length.ts";
import { formatShare } from "../../core/units.ts";
import { effectiveScore } from "../../runs/effective.ts";
import type { EffectiveLength } from "../../runs/effective.ts";
import type { ScoreTable } from "../../runs/summary.ts";
import { formatTable } from "./table.ts";

/** A table of mean scores with their 95% intervals; a score of one trial has none. */
export const formatScores = ({ panel, columns, lines }: ScoreTable): string =>
  formatTable(
    [panel, ...columns],
    lines.map(({ series, cells }) => [
      series,
      ...cells.map((cell) =>
        cell === undefined
          ? null
          : cell.trials === 1
            ? formatShare(cell.mean)
            : `${formatShare(cell.mean)} [${formatShare(cell.low)} ${formatShare(cell.high)}]`,
      ),
    ]),
  );

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
