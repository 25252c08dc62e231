import {
  articleClaims,
  defineChapter,
  derivedFinding,
  pairsFigure,
  valuesOf,
} from "../../src/experiments.ts";

/** Nine benchmarks of knowledge and skill. The gains are arithmetic; the scores are OpenAI's. */
export const benchmarks = defineChapter({
  name: "benchmarks",
  title: "Benchmarks of knowledge and skill, GPT-5.4 to GPT-5.5",
  tell({ say }) {
    const claims = articleClaims().filter(({ kind }) => kind === "benchmark");
    const pairs = claims.map((claim) => ({
      name: claim.claim.replace(" GPT-5.4 to GPT-5.5", ""),
      values: valuesOf(claim)!,
    }));
    return {
      findings: claims.map((claim) =>
        derivedFinding(
          claim,
          (ours) =>
            `${say(`figure of ${claim.id}`, ours)}, from the two scores. The causes of the scores do not lie in attention, and are out of reach here.`,
        ),
      ),
      text: [
        "The differences follow from the scores as the article prints them. None of these benchmarks asks for facts scattered over a long context, so the simulator adds nothing.",
      ],
      figure: pairsFigure({
        title: `Scores of ${claims.length} benchmarks`,
        subtitle: "as OpenAI published them and the article quotes them",
        series: ["GPT-5.4", "GPT-5.5"],
        pairs,
        axis: "score, percent",
      }),
    };
  },
});
