import { articleClaims, defineChapter, derivedFigure, pairsFigure, valuesOf } from "../../src/experiments.ts";

/** Nine benchmarks of what a model knows and can do: the gains are arithmetic, the scores are OpenAI's. */
export const benchmarks = defineChapter({
  name: "benchmarks",
  title: "Nine benchmarks, GPT-5.4 to GPT-5.5",
  tell() {
    const claims = articleClaims().filter(({ kind }) => kind === "benchmark");
    const pairs = claims.map((claim) => ({
      name: claim.claim.replace(" GPT-5.4 to GPT-5.5", ""),
      values: valuesOf(claim)!,
    }));
    return {
      findings: claims.map((claim) => {
        const ours = derivedFigure(claim)!;
        return {
          claim: claim.id,
          verdict: ours === claim.derived ? "reproduced" : "contradicted",
          says: `${ours}, from the two scores. What the scores themselves rest on is no matter of attention, and out of reach here.`,
        };
      }),
      text: [
        "The differences follow from the scores as the article prints them. None of these benchmarks asks for facts scattered over a long context, so that the simulator has nothing to add.",
      ],
      figure: pairsFigure({
        title: "Scores of nine benchmarks",
        subtitle: "as OpenAI published them and the article quotes them",
        series: ["GPT-5.4", "GPT-5.5"],
        pairs,
        axis: "score, percent",
      }),
    };
  },
});
