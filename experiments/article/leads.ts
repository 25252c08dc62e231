import {
  articleClaims,
  defineChapter,
  derivedFigure,
  modelScores,
  pairsFigure,
  valuesOf,
} from "../../src/index.ts";

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
      return [{ name: benchmark, values: isGpt ? [behind, ahead] : [ahead, behind] }];
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
        const ours = derivedFigure(claim)!;
        const other = doubled.find((row) => row.claim === claim.id);
        return {
          claim: claim.id,
          verdict: ours === claim.derived ? "reproduced" : "contradicted",
          says: `${ours}: ${valuesOf(claim)!
            .toReversed()
            .map((score) => score.toFixed(1))
            .join(" against ")}.${
            other === undefined
              ? ""
              : ` Another page gives ${other.model} ${other.score_percent}, which would make the lead ` +
                `${Math.abs(Number(other.score_percent) - valuesOf(claim)![0]).toFixed(1)} pp.`
          }`,
        };
      }),
      text: [
        "The article prints the leads alone. They follow from scores that other pages quote; data/model-scores.csv names the page of each. Vendors measure with harnesses of their own, so that a lead of under a point or two says little.",
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
