/**
 * Do smaller blocks find more at an equal budget?
 *
 * MoBA reads 2,048 tokens a query in blocks of 16 to 1,024. A mean of B keys of which one matches has a B-th of its
 * signal and noise of 1 / sqrt(B).
 */
import { defineTrend } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const blocks = [16, 32, 64, 128, 256, 512, 1024];
const lengths = { "32K": 32_000, "128K": 128_000, "512K": 512_000 };
const coherences = [0.3, 0];
const seriesOf = (coherence: number): string =>
  `a record's tokens share ${coherence === 0 ? "nothing" : formatShare(coherence)} of their keys`;

export const blockDilution = defineTrend({
  name: "block-dilution",
  question: "Do smaller blocks find more at an equal budget?",
  sources: [
    {
      title: "Optimizing Mixture of Block Attention",
      url: "https://arxiv.org/abs/2511.11571",
      where: "signal-to-noise ratio of a block's mean: sqrt(d / B)",
    },
  ],
  claim: "the smaller the blocks, the better the recall at equal budget",
  note: "mean field; the source's own numbers are scores of models that it trained",
  rule: "recall rises nowhere, beyond the intervals, from one block size to the next larger one",
  *trials(trial) {
    for (const tokens of Object.keys(lengths))
      for (const coherence of coherences)
        for (let n = 0; n < 10; n++)
          for (const block of blocks)
            yield trial({
              task: "graphwalks(depth=1)",
              variant: `moba(block=${block},k=${2048 / block})`,
              tokens,
              trial: n,
              reader: { coherence },
              mode: "mean-field",
            });
  },
  place: ({ variant, coherence, tokensNominal }) => ({
    panel: `${tokensNominal / 1000}K tokens`,
    series: seriesOf(Number(coherence)),
    x: Number(/block=(\d+)/.exec(variant)?.[1]),
  }),
  value: ({ recall }) => recall,
  published: [],
  axes: {
    x: { title: "tokens in a block; 2,048 are read", kind: "log" },
    y: { title: "recall of the facts", kind: "share" },
  },
  judge(found) {
    const curves = Object.keys(lengths).flatMap((length) =>
      coherences.map((coherence) => ({
        length,
        coherence,
        recall: blocks.map((block) => found(`${length} tokens`, seriesOf(coherence), block)),
      })),
    );
    // a step up by more than the intervals allow
    const rising = curves.flatMap(({ length, coherence, recall }) =>
      recall.flatMap((value, i) =>
        i > 0 && value.low > recall[i - 1]!.high
          ? [`from ${blocks[i - 1]!} to ${blocks[i]!} at ${length}, coherence ${coherence}`]
          : [],
      ),
    );
    const ends = curves
      .filter(({ length }) => length === "128K")
      .map(
        ({ coherence, recall }) =>
          `${formatShare(recall[0]!.mean)} to ${formatShare(recall.at(-1)!.mean)} (coherence ${coherence})`,
      );
    const agrees = rising.length === 0;
    return {
      verdict: agrees ? "reproduced" : "contradicted",
      ours: `128K, blocks of 16 to 1,024: ${ends.join("; ")}`,
      sentence: [
        `at 128K tokens recall goes from ${ends.join(" and from ")} as blocks grow from 16 to 1,024 tokens; `,
        agrees
          ? "it rises nowhere."
          : `but it rises ${rising.join(" and ")}: where the tokens of a record share a part of their keys, a block about as long as the record gathers them.`,
      ].join(""),
    };
  },
});
