/**
 * Does the share of the right document shrink while a head still ranks it first?
 *
 * The source's corpus are documents that resemble the right one. Here the others are random edges of a graph, at the
 * default sharpness and at 1. Ranked first: whether the one best key of an oracle is the fact's.
 */
import { defineTrend } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const lengths = [8000, 16_000, 64_000, 128_000, 256_000, 512_000, 1_024_000];
const [first, last] = [lengths[0]!, lengths.at(-1)!];
const sharpnesses = [1.25, 1];
const measures = { oracle: "ranked first", dense: "share of the weight", scaled: "share, logits times ln n" };
const panelOf = (sharpness: number): string => `sharpness ${sharpness}`;

export const blockSearch = defineTrend({
  name: "block-search",
  question: "Does the share of the right document shrink while a head still ranks it first?",
  sources: [
    {
      title: "Can Language Models Actually Retrieve In-Context? Drowning in Documents at Million Token Scale",
      url: "https://arxiv.org/abs/2607.01538",
      where: "analysis of layer 19",
    },
    {
      title: "Episode 198, which quotes the paper's numbers",
      url: "https://paperdive.ai/episodes/198-can-language-models-actually-retrieve-in-context-drowning-in.html",
    },
  ],
  claim: "ranked first in 100% of queries at 1M tokens; its share falls from 91% to 1%",
  note: "the numbers are quoted second-hand, without the corpus at which the share was 91%; mean field beyond 64K",
  rule: "the fact is ranked first in 95% of queries or more at every length, and its share at 1M tokens is .05 at most",
  *trials(trial) {
    for (const sharpness of sharpnesses)
      for (const tokens of lengths)
        for (let n = 0; n < 10; n++)
          for (const variant of ["dense", "oracle(k=1)", "dense+log-n(trained=8192)"])
            yield trial({
              task: "graphwalks(depth=1,degree=1)",
              variant,
              tokens,
              trial: n,
              reader: { sharpness },
              ...(tokens > 64_000 && { mode: "mean-field" }),
            });
  },
  place: ({ variant, sharpness, tokensNominal }) => ({
    panel: panelOf(Number(sharpness)),
    series:
      variant === "dense" ? measures.dense : variant === "oracle(k=1)" ? measures.oracle : measures.scaled,
    x: tokensNominal,
  }),
  value: ({ variant, recall, goldMass }) => Number(variant === "oracle(k=1)" ? recall : goldMass),
  published: sharpnesses.flatMap((sharpness) => [
    { panel: panelOf(sharpness), series: measures.oracle, x: 2 ** 20, mean: 1 },
    { panel: panelOf(sharpness), series: measures.dense, x: 2 ** 20, mean: 0.01 },
  ]),
  axes: {
    x: { title: "context, tokens", kind: "tokens" },
    y: { title: "share", kind: "share" },
  },
  judge(found) {
    const [standard, flat] = sharpnesses.map((sharpness) => ({
      ranked: Math.min(...lengths.map((x) => found(panelOf(sharpness), measures.oracle, x).mean)),
      from: found(panelOf(sharpness), measures.dense, first).mean,
      to: found(panelOf(sharpness), measures.dense, last).mean,
      scaled: found(panelOf(sharpness), measures.scaled, last).mean,
    })) as [Seen, Seen];
    const agrees = standard.ranked >= 0.95 && standard.to <= 0.05;
    return {
      verdict: agrees ? "reproduced" : "contradicted",
      ours: `ranked first in ${percent(standard.ranked)}; ${percent(standard.from)} to ${percent(standard.to)}`,
      sentence: [
        `from 8K to 1M tokens the fact is ranked first in at least ${percent(standard.ranked)} of queries, and its share of the `,
        `weight goes from ${formatShare(standard.from)} to ${formatShare(standard.to)} (at sharpness 1 from `,
        `${formatShare(flat.from)} to ${formatShare(flat.to)}); logits times ln n hold ${formatShare(standard.scaled)}. `,
        agrees
          ? "The fall is as steep as the source's."
          : "The fall is less steep than the source's, whose other documents are chosen to resemble the right one; ours are random.",
      ].join(""),
    };
  },
});

interface Seen {
  readonly ranked: number;
  readonly from: number;
  readonly to: number;
  readonly scaled: number;
}

const percent = (value: number): string => `${Math.round(100 * value)}%`;
