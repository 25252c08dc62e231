import {
  articleClaims,
  defineChapter,
  derivedFinding,
  modelScores,
  pairsFigure,
  valuesOf,
} from "../../src/experiments.ts";

/** The lead by another page's score. */
const otherwise = (model: string, score: number, behind: number): string =>
  ` Another page gives ${model} ${score}, which would make the lead ${(score - behind).toFixed(1)} pp.`;

/** The ten leads of one model over the other. */
export const leads = defineChapter({
  name: "leads",
  title: "GPT-5.5 and Claude Opus 4.7, ten benchmarks",
  tell() {
    const claims = articleClaims().filter(({ kind }) => kind === "comparison");
    const pairs = claims.flatMap((claim) => {
      const [behind, ahead] = valuesOf(claim)!;
      const isGpt = claim.claim.startsWith("GPT-5.5");
      const benchmark = modelScores().find((row) => row.claim === claim.id)!.benchmark;
      const values: readonly [number, number] = isGpt ? [behind, ahead] : [ahead, behind];
      return [{ name: benchmark, values }];
    });
    // a second score of the same model, where two pages disagree
    const seen = new Set<string>();
    const doubled = modelScores().filter(({ claim, model }) => {
      const isSecond = seen.has(`${claim} ${model}`);
      seen.add(`${claim} ${model}`);
      return isSecond;
    });
    return {
      findings: claims.map((claim) => {
        const [behind, ahead] = valuesOf(claim)!;
        const other = doubled.find((row) => row.claim === claim.id);
        const note = other === undefined ? "" : otherwise(other.model, Number(other.score_percent), behind);
        return derivedFinding(
          claim,
          (ours) => `${ours}: ${ahead.toFixed(1)} against ${behind.toFixed(1)}.${note}`,
        );
      }),
      text: [
        "The article prints only the leads. They follow from scores that other pages quote; data/model-scores.csv names the page of each. Vendors measure with their own harnesses, so a lead of one or two points says little.",
      ],
      figure: pairsFigure({
        title: "Two models on ten benchmarks",
        subtitle: "scores from which the article's leads derive",
        series: ["Claude Opus 4.7", "GPT-5.5"],
        pairs,
        axis: "score, percent",
      }),
    };
  },
});
