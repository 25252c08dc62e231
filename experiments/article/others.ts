import { articleClaims, claimOf, defineChapter, derivedFigure, valuesOf } from "../../src/experiments.ts";

/** What is left: images, and reinforcement learning. */
export const others = defineChapter({
  name: "others",
  title: "What a simulator of attention cannot tell",
  tell({ published }) {
    const image = claimOf("image-input");
    const ours = derivedFigure(image)!;
    const gains = articleClaims()
      .filter(({ kind }) => kind === "benchmark")
      .map((claim) => valuesOf(claim)![1] - valuesOf(claim)![0])
      .sort((a, b) => a - b);
    const large = gains.filter((gain) => gain > 10).length;
    const middle = gains[Math.floor(gains.length / 2)]!;
    // GPT-5.2 to GPT-5.4, which the article takes for upgrades by reinforcement learning alone
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
        {
          claim: image.id,
          verdict: ours === image.derived ? "reproduced" : "contradicted",
          says: `${ours}, from the two numbers. Images are out of reach.`,
        },
        {
          claim: "speculation-rl",
          verdict: "out of reach",
          says: `No attention decides it. ${large} of the article's ${gains.length} benchmark gains is over 10 pp; their median is ${middle.toFixed(1)} pp, within the 2 to 5 pp that it grants reinforcement learning.`,
        },
      ],
      text: [
        `Whether training or architecture made a gain cannot be told from scores. What the published tables do show: from GPT-5.2 to GPT-5.4, which the article takes for reinforcement learning on one base, eight-needle MRCR to 256K tokens moved by ${range} points; from GPT-5.4 to GPT-5.5 by +${jump.toFixed(1)} at 512K to 1M.`,
      ],
    };
  },
});
