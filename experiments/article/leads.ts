import {
  articleClaims,
  defineChapter,
  derivedFigure,
  leadElsewhere,
  leadVerdict,
  modelScores,
  pairsFigure,
  signedPoints,
  valuesOf,
} from "../../src/experiments.ts";

/** The ten leads of one model over the other. */
export const leads = defineChapter({
  name: "leads",
  title: "GPT-5.5 and Claude Opus 4.7, benchmark by benchmark",
  tell({ say }) {
    const claims = articleClaims().filter(({ kind }) => kind === "comparison");
    const found = claims.map((claim) => {
      const [behind, ahead] = valuesOf(claim)!;
      return { claim, behind, ahead, lead: ahead - behind, elsewhere: leadElsewhere(claim) };
    });
    const pairs = found.map(({ claim, behind, ahead }) => {
      const values: readonly [number, number] = claim.claim.startsWith("GPT-5.5")
        ? [behind, ahead]
        : [ahead, behind];
      return { name: modelScores().find((row) => row.claim === claim.id)!.benchmark, values };
    });
    const moved = found.flatMap(({ lead, elsewhere }) =>
      elsewhere === undefined ? [] : [Math.abs(elsewhere - lead)],
    );
    const least = Math.min(...moved);
    const small = found.filter(({ lead }) => lead <= least);
    const won = claims.filter(({ claim }) => claim.startsWith("GPT-5.5"));
    const all = say("leads that the article prints", String(claims.length));
    return {
      findings: found.map(({ claim, behind, ahead, elsewhere }) => {
        const ours = derivedFigure(claim)!;
        const other =
          elsewhere === undefined
            ? ""
            : ` Scores of another page ${elsewhere < 0 ? "turn it around" : "give another lead"}: ${say(`figure of ${claim.id} by another page`, `${signedPoints(elsewhere)} pp`)}.`;
        return {
          claim: claim.id,
          verdict: leadVerdict(ours, claim.derived, elsewhere),
          says: `${say(`figure of ${claim.id}`, ours)}: ${say(`score ahead in ${claim.id}`, ahead.toFixed(1))} against ${say(`score behind in ${claim.id}`, behind.toFixed(1))}.${other}`,
        };
      }),
      text: [
        `The article prints only the leads: ${say("leads of GPT-5.5", String(won.length))} of ${all} are GPT-5.5's, ${say("leads of Claude Opus 4.7", String(claims.length - won.length))} Claude Opus 4.7's. They follow from scores that other pages quote; data/model-scores.csv names the page of each. Vendors measure with their own harnesses: where two pages disagree, a lead moves by at least ${say("least change of a lead by another page, points", least.toFixed(1))} points, and ${say("leads that are no larger than that", String(small.length))} of the ${all} leads are no larger.`,
      ],
      figure: pairsFigure({
        title: `Two models on ${claims.length} benchmarks`,
        subtitle: "scores from which the article's leads derive",
        series: ["Claude Opus 4.7", "GPT-5.5"],
        pairs,
        axis: "score, percent",
      }),
    };
  },
});
