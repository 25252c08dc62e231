/**
 * Does an index of block summaries hold at 128K tokens and collapse by 512K?
 *
 * Each query chooses 32 blocks of 64 tokens by the blocks' mean keys. The tokens of a record share 30%, 5% or nothing of
 * the variance of their keys (`coherence`).
 */
import { defineTrend } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const lengths = ["32K", "128K", "512K", "1M"];
const tokensOf = { "32K": 32_000, "128K": 128_000, "512K": 512_000, "1M": 1_024_000 };
const coherences = [0.3, 0.05, 0];
const panel = "32 blocks of 64 tokens";
const seriesOf = (coherence: number): string => `coherence ${coherence}`;

export const summaryCollapse = defineTrend({
  name: "summary-collapse",
  question: "Does an index of block summaries hold at 128K tokens and collapse by 512K?",
  sources: [
    {
      title: "Attention finds its keys, but not far enough (BRL-2026-08)",
      url: "https://brainsless.com/attention-finds-its-keys.html",
      where: "the frontier the last paper left open; recall of .9 counts as held, below .7 as lost",
    },
  ],
  claim: "needles found at 32K and 128K, lost by 512K",
  note: "mean field; the source's block and budget are not known to us",
  rule: "at the default coherence recall is .9 or more at 32K and at 128K, and below .7 at 512K",
  *trials(trial) {
    for (const tokens of lengths)
      for (const coherence of coherences)
        for (let n = 0; n < 40; n++)
          yield trial({
            task: "graphwalks(depth=1)",
            variant: "moba(block=64,k=32)",
            tokens,
            trial: n,
            reader: { coherence },
            mode: "mean-field",
          });
  },
  place: ({ coherence, tokensNominal }) => ({
    panel,
    series: seriesOf(Number(coherence)),
    x: tokensNominal,
  }),
  value: ({ recall }) => recall,
  published: [],
  axes: {
    x: { title: "context, tokens", kind: "tokens" },
    y: { title: "recall of the fact", kind: "share" },
  },
  judge(found) {
    const at = (coherence: number, length: keyof typeof tokensOf): number =>
      found(panel, seriesOf(coherence), tokensOf[length]).mean;
    const collapses = coherences.filter(
      (coherence) =>
        at(coherence, "32K") >= 0.9 && at(coherence, "128K") >= 0.9 && at(coherence, "512K") < 0.7,
    );
    const curve = (coherence: number): string =>
      (["32K", "128K", "512K"] as const).map((length) => formatShare(at(coherence, length))).join(", ");
    const agrees = collapses.includes(coherences[0]!);
    return {
      verdict: agrees ? "reproduced" : "contradicted",
      ours: `recall at 32K, 128K, 512K: ${curve(coherences[0]!)}`,
      sentence: [
        "recall at 32K, 128K and 512K tokens is ",
        coherences.map((coherence) => `${curve(coherence)} at coherence ${coherence}`).join("; "),
        agrees
          ? ": it holds and collapses as published."
          : ": it falls slowly, as the normal tail of the scores does, and has no cliff between 128K and 512K. How much of a record's key its tokens share decides how high it is.",
      ].join(""),
    };
  },
});
