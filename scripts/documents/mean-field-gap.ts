import { mean } from "../../src/core/stats.ts";
import { formatShare } from "../../src/core/units.ts";
import { meanFieldGaps } from "../../src/trial/mean-field-gap.ts";
import { distinct } from "../../src/core/group.ts";
import { table, joined } from "./markdown.ts";
import { trialsOf } from "./results/data.ts";

const name = "mean-field-gap";

const measures = { goldMass: "gold mass", recall: "recall", score: "score" } as const;

/** How far the mean field is from full numerics in the committed comparison. */
export function meanFieldGap(): string {
  const gaps = meanFieldGaps(trialsOf(name));
  const within = gaps.filter(({ unexplained }) => unexplained < 0.0005).length;
  return joined([
    `[results/${name}](../results/${name}) compares ${distinct(gaps.map(({ variant }) => variant)).length} variants at their defaults in ${gaps.length} means: ${within} lie within three standard errors of the difference (to .0005), ${gaps.filter(({ agrees }) => agrees).length} within that and the bias that a mean field may have.`,
    table({
      titles: [
        "measure",
        "means",
        "mean distance",
        "mean standard error",
        "largest unexplained",
        "bias allowed",
      ],
      rows: Object.entries(measures).map(([measure, title]) => {
        const own = gaps.filter((gap) => gap.measure === measure);
        return [
          title,
          String(own.length),
          formatShare(mean(own.map(({ numerics, meanField }) => Math.abs(numerics - meanField)))),
          formatShare(mean(own.map(({ error }) => error))),
          own
            .map(({ unexplained }) => unexplained)
            .reduce((a, b) => Math.max(a, b))
            .toFixed(3),
          measure === "score" ? ".05" : ".02",
        ];
      }),
    }),
    "This says much of masses and recalls and little of scores: with two to four problems of numerics, three standard errors of a score span up to the whole range. [test/reader/mean-field/committed.test.ts](../test/reader/mean-field/committed.test.ts) holds the mean field against the committed numerics of length-sweep to 1M tokens: no mean is farther off than three standard errors and .05.",
  ]);
}
