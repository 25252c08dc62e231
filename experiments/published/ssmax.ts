/**
 * Does SSMax hold the weight of one fact where softmax loses it?
 *
 * The source's figure takes one logit of +3 among n of -2, five nats apart. Here the fact is an edge of a graph, and the
 * reader's sharpness makes its logit five nats: 5 / sqrt(128). The other keys are random, and share nothing with it.
 */
import { defineTrend } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const lengths = [1000, 4000, 16_000, 64_000, 256_000, 1_024_000];
const curves = { softmax: "dense", "SSMax, s = .43": "dense+ssmax(s=0.43)" };

export const ssmax = defineTrend({
  name: "ssmax",
  question: "Does SSMax hold the weight of one fact where softmax loses it?",
  sources: [
    {
      title: "Scalable-Softmax Is Superior for Attention",
      url: "https://arxiv.org/abs/2501.19399",
      where: "figure 1",
    },
  ],
  claim: "softmax .129 at 10^3 and .00015 at 10^6; SSMax .9996 and 1.0",
  note: "mean field beyond 64K; the nearest lengths of ours are 1,000 and 1,024,000 tokens",
  rule: "every number is within .05",
  *trials(trial) {
    for (const tokens of lengths)
      for (let n = 0; n < 5; n++)
        for (const variant of Object.values(curves))
          yield trial({
            task: "graphwalks(depth=1,degree=1)",
            variant,
            tokens,
            trial: n,
            reader: { sharpness: 0.442, coherence: 0 },
            ...(tokens > 64_000 && { mode: "mean-field" }),
          });
  },
  place: ({ variant, tokensNominal }) => ({
    panel: "one fact, five nats above the rest",
    series: variant === curves.softmax ? "softmax" : "SSMax, s = .43",
    x: tokensNominal,
  }),
  value: ({ goldMass }) => goldMass,
  published: [
    { series: "softmax", x: 1e3, mean: 0.129 },
    { series: "softmax", x: 1e6, mean: 1.5e-4 },
    { series: "SSMax, s = .43", x: 1e3, mean: 0.9996 },
    { series: "SSMax, s = .43", x: 1e6, mean: 1 },
  ].map((value) => ({ panel: "one fact, five nats above the rest", ...value })),
  axes: {
    x: { title: "context, tokens", kind: "tokens" },
    y: { title: "weight on the fact", kind: "share" },
  },
  judge(found) {
    const at = (series: string, x: number): number =>
      found("one fact, five nats above the rest", series, x).mean;
    const [short, long] = [at("softmax", 1000), at("softmax", 1_024_000)];
    const [scaledShort, scaledLong] = [at("SSMax, s = .43", 1000), at("SSMax, s = .43", 1_024_000)];
    const gaps = [short - 0.129, long - 1.5e-4, scaledShort - 0.9996, scaledLong - 1];
    const worst = Math.max(...gaps.map(Math.abs));
    const agrees = worst <= 0.05;
    return {
      verdict: agrees ? "reproduced" : "contradicted",
      ours: `softmax ${short.toFixed(3)} and ${long.toPrecision(2)}; SSMax ${scaledShort.toFixed(4)} and ${scaledLong.toFixed(4)}`,
      sentence: [
        `among random keys softmax gives the fact ${short.toFixed(3)} of its weight at 1,000 tokens and ${long.toPrecision(2)} at `,
        `1,024,000, SSMax ${formatShare(scaledShort)} and ${formatShare(scaledLong)}: `,
        agrees
          ? `no more than ${worst.toFixed(3)} from the figure, whose other logits are all the same.`
          : `up to ${worst.toFixed(3)} from the figure, whose other logits are all the same, where ours scatter.`,
      ].join(""),
    };
  },
});
