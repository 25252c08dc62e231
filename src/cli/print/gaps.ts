import { formatLength } from "../../core/length.ts";
import type { MeanFieldGap } from "../../trial/mean-field-gap.ts";
import { formatTable } from "./table.ts";

/** Number of gaps shown for each measure, the largest first. */
const shown = 3;

/** Agreement of the mean field with numerics, and a table of the largest differences that sampling does not explain. */
export function formatGaps(gaps: readonly MeanFieldGap[]): string {
  const agreeing = gaps.filter(({ agrees }) => agrees).length;
  const within = gaps.filter(({ unexplained }) => unexplained === 0).length;
  const measures = [...new Set(gaps.map(({ measure }) => measure))];
  const worst = measures.flatMap((measure) =>
    gaps
      .filter((gap) => gap.measure === measure && gap.unexplained > 0)
      .sort((a, b) => b.unexplained - a.unexplained)
      .slice(0, shown),
  );
  const round = (value: number): string => value.toFixed(3);
  const rows = worst.map((gap) => [
    ...[gap.measure, gap.variant, gap.task, formatLength(gap.tokens)],
    ...[gap.numerics, gap.meanField, gap.error, gap.unexplained].map(round),
  ]);
  const head = [
    "measure",
    "variant",
    "task",
    "tokens",
    "numerics",
    "mean field",
    "std error",
    "beyond 3 of it",
  ];
  return [
    `mean field and numerics: ${within} of ${gaps.length} means within three standard errors, ${agreeing} within them and the bias of a mean field`,
    ...(rows.length > 0 ? [formatTable(head, rows)] : []),
  ].join("\n");
}
