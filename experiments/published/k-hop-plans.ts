/**
 * Does a layer plan with too few full layers fail at k hops?
 *
 * Plans of four layers, of which 0 to 4 are full and the others see a window; searches of depth 1 to 4.
 */
import { defineTrend } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const layers = 4;
const fulls = [0, 1, 2, 3, 4];
const depths = [1, 2, 3, 4];
const panel = "breadth-first search, 8K tokens";
const seriesOf = (hops: number): string => (hops === 1 ? "1 hop" : `${hops} hops`);

const planOf = (full: number): string =>
  `layers(${[
    ...(full > 0 ? [`${full}*dense`] : []),
    ...(full < layers ? [`${layers - full}*sink-window(window=512)`] : []),
  ].join("|")})`;

export const kHopPlans = defineTrend({
  name: "k-hop-plans",
  question: "Does a layer plan with too few full layers fail at k hops?",
  sources: [
    {
      title: "Transformers, parallel computation, and logarithmic depth",
      url: "https://arxiv.org/abs/2402.09268",
      where: "k-hop induction: depth floor(log2 k) + 2 suffices, and less than order log k does not",
    },
  ],
  claim: "k hops need a depth that grows with k; with less they fail",
  note: "a hop a layer is how the reader is built, so that this tests plans; the source's transformers double pointers and need about log2 k + 2",
  rule: "F1 is .8 or more where the plan has k full layers, and .5 or less where it has fewer",
  *trials(trial) {
    for (const depth of depths)
      for (let n = 0; n < 10; n++)
        for (const full of fulls)
          yield trial({
            task: `graphwalks(depth=${depth})`,
            variant: planOf(full),
            tokens: "8K",
            trial: n,
          });
  },
  place: ({ variant, task }) => ({
    panel,
    series: seriesOf(Number(/depth=(\d+)/.exec(task)?.[1] ?? 4)),
    x: fulls.find((full) => planOf(full) === variant)!,
  }),
  published: [],
  axes: {
    x: { title: "full layers of four", kind: "linear" },
    y: { title: "F1", kind: "share" },
  },
  judge(found) {
    const cells = depths.flatMap((hops) =>
      fulls.map((full) => ({ hops, full, f1: found(panel, seriesOf(hops), full).mean })),
    );
    const enough = Math.min(...cells.filter(({ hops, full }) => full >= hops).map(({ f1 }) => f1));
    const tooFew = Math.max(...cells.filter(({ hops, full }) => full < hops).map(({ f1 }) => f1));
    const agrees = enough >= 0.8 && tooFew <= 0.5;
    return {
      verdict: agrees ? "reproduced" : "contradicted",
      ours: `F1 with k full layers or more: ${formatShare(enough)} at least; with fewer: ${formatShare(tooFew)} at most`,
      sentence: [
        `a search of k hops scores ${formatShare(enough)} or more where the plan has k full layers, and `,
        `${formatShare(tooFew)} or less where it has fewer; `,
        agrees
          ? "that is the failure of the literature, at k layers for k hops and not at the log2 k that shared work would allow."
          : "the two are not apart.",
      ].join(""),
    };
  },
});
