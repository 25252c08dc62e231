import {
  articleClaims,
  boundVerdict,
  claimOf,
  defineChapter,
  derivedFinding,
  factsOf,
  median,
  publishedPercent,
  signedPoints,
  valuesOf,
} from "../../src/experiments.ts";

/** gains that the article says reinforcement learning alone gives, in points, and what is beyond them */
const usual = { low: 2, high: 5, beyond: 10 };

/** Claims about images and reinforcement learning. */
export const others = defineChapter({
  name: "others",
  title: "Claims that a simulator of attention cannot test",
  tell(evidence) {
    const { say, published } = evidence;
    const benchmark = "mrcr-v2-8needle";
    const gains = articleClaims()
      .filter(({ kind }) => kind === "benchmark")
      .map((claim) => valuesOf(claim)![1] - valuesOf(claim)![0]);
    const large = gains.filter((gain) => gain > usual.beyond).length;
    const middle = median(gains);
    // the article attributes GPT-5.2 to GPT-5.4 to reinforcement learning alone
    const earlier = published
      .filter((row) => row.model === "GPT-5.2" && row.benchmark === benchmark)
      .map(
        ({ column, score }) =>
          publishedPercent(evidence, { benchmark, model: "GPT-5.4", column }) - 100 * score,
      );
    const column = "512K-1M";
    const jump =
      publishedPercent(evidence, { benchmark, model: "GPT-5.5", column }) -
      publishedPercent(evidence, { benchmark, model: "GPT-5.4", column });
    const [least, most] = [Math.min(...earlier), Math.max(...earlier)].map((points, i) =>
      say(
        `${["smallest", "largest"][i]!} gain of MRCR bins, GPT-5.2 to GPT-5.4`,
        `${signedPoints(points)} pp`,
      ),
    ) as [string, string];
    const image = claimOf("image-input");
    const limits = factsOf("image-input")[0]!;
    const within = middle >= usual.low && middle <= usual.high ? "within" : "outside";
    const verdict = boundVerdict(earlier, usual.beyond);
    return {
      findings: [
        derivedFinding(
          image,
          (ours) =>
            `${say("figure of image-input", ours)}, from the two numbers. Another page gives ${say("image limit before", limits.value_before)} and ${say("image limit after", limits.value_after)} megapixels as the limits of Claude before and with Opus 4.7, not of two vendors. Images are out of reach.`,
        ),
        {
          claim: "speculation-rl",
          verdict,
          says: `${verdict === "contradicted" ? "One published gain of that kind is larger." : "A simulation of attention cannot decide it, and no published gain of that kind contradicts it."} Of the article's ${say("listed benchmarks", String(gains.length))} benchmark gains, ${say("gains beyond the bound", String(large))} ${large === 1 ? "is" : "are"} over ${usual.beyond} pp; the median is ${say("median of the article's benchmark gains", `${signedPoints(middle)} pp`)}, ${within} the ${usual.low} to ${usual.high} pp that the article attributes to reinforcement learning.`,
        },
      ],
      text: [
        `Scores do not tell whether training or architecture made a gain. From GPT-5.2 to GPT-5.4, which the article attributes to reinforcement learning on one base, the bins of eight-needle MRCR to 256K tokens moved by ${least} to ${most}; from GPT-5.4 to GPT-5.5 the bin ${column} moved by ${say(`gain of ${benchmark}, GPT-5.4 at ${column} to GPT-5.5 at ${column}`, `${signedPoints(jump)} pp`)}.`,
      ],
      sources: [{ title: limits.states, url: limits.source }],
    };
  },
});
