import { barsFigure, claimOf, defineChapter, derivedFigure, hiddenTokens } from "../../src/experiments.ts";

/** The first token, and what may be thought before it. */
export const latency = defineChapter({
  name: "latency",
  title: "Three seconds to the first token",
  tell() {
    const claim = claimOf("ttft");
    const [slow, quick] = [Number(claim.value_before), Number(claim.value_after)];
    const ours = derivedFigure(claim)!;
    const steps = [5, 10, 20, 40];
    const room = steps.map((ms) => hiddenTokens(slow - quick, ms / 1000));
    return {
      findings: [
        {
          claim: claim.id,
          verdict: ours === claim.derived ? "reproduced" : "contradicted",
          says: `${ours}. Whether GPT-5.5 thinks in those seconds cannot be told; if it does, ${room.at(-1)!} to ${room[0]!} hidden tokens fit.`,
        },
      ],
      text: [
        "The first word of an answer comes after the prompt is read and after whatever is thought in hidden tokens: time to first token + hidden tokens x time of a token. Had both models the half second of Claude Opus 4.7 to begin with, the 2.5 seconds between them leave room for a hundred hidden tokens or so; how many depends on the time of a token, which nobody published. Longer prompts, queues and larger models take time too.",
      ],
      figure: barsFigure({
        title: "Hidden tokens that fit between 0.5 s and 3 s",
        subtitle: "by the time that an output token takes",
        axis: "hidden tokens",
        bars: steps.map((ms, i) => ({
          name: `${ms} ms a token`,
          series: "hidden tokens",
          value: room[i]!,
          label: String(room[i]!),
        })),
      }),
    };
  },
});
