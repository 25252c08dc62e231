import { articleClaims, claimOf, defineChapter, derivedFinding, valuesOf } from "../../src/experiments.ts";

/** Claims about images and reinforcement learning. */
export const others = defineChapter({
  name: "others",
  title: "Claims that a simulator of attention cannot test",
  tell({ published }) {
    const gains = articleClaims()
      .filter(({ kind }) => kind === "benchmark")
      .map((claim) => valuesOf(claim)![1] - valuesOf(claim)![0])
      .sort((a, b) => a - b);
    const large = gains.filter((gain) => gain > 10).length;
    const middle = gains[Math.floor(gains.length / 2)]!;
    // the article attributes GPT-5.2 to GPT-5.4 to reinforcement learning alone
    const earlier = published
      .filter(({ model, benchmark }) => model === "GPT-5.2" && benchmark === "mrcr-v2-8needle")
      .map((row) => {
        const next = published.find(
          ({ model, benchmark, column }) =>
            model === "GPT-5.4" && benchmark === row.benchmark && column === row.column,
        )!;
        return 100 * (next.score - row.score);
      });
    const far = (model: string): number =>
      published.find(
        (row) => row.benchmark === "mrcr-v2-8needle" && row.model === model && row.column === "512K-1M",
      )!.score;
    const jump = 100 * (far("GPT-5.5") - far("GPT-5.4"));
    const range = `${Math.min(...earlier).toFixed(1)} to +${Math.max(...earlier).toFixed(1)}`;
    return {
      findings: [
        derivedFinding(
          claimOf("image-input"),
          (ours) => `${ours}, from the two numbers. Images are out of reach.`,
        ),
        {
          claim: "speculation-rl",
          verdict: "out of reach",
          says: `A simulation of attention cannot decide it. Of the article's ${gains.length} benchmark gains, ${large} is over 10 pp; the median is ${middle.toFixed(1)} pp, within the 2 to 5 pp that the article attributes to reinforcement learning.`,
        },
      ],
      text: [
        `Scores do not tell whether training or architecture made a gain. The published tables show this: from GPT-5.2 to GPT-5.4, which the article attributes to reinforcement learning on one base, eight-needle MRCR to 256K tokens moved by ${range} points; from GPT-5.4 to GPT-5.5 it moved by +${jump.toFixed(1)} at 512K to 1M.`,
      ],
    };
  },
});
