import { barsFigure, claimOf, defineChapter, derivedFinding, hiddenTokens } from "../../src/experiments.ts";

/** The time to the first token, and the hidden tokens that it leaves room for. */
export const latency = defineChapter({
  name: "latency",
  title: "Three seconds to the first token",
  tell() {
    const claim = claimOf("ttft");
    const [slow, quick] = [Number(claim.value_before), Number(claim.value_after)];
    const steps = [5, 10, 20, 40];
    const room = steps.map((ms) => hiddenTokens(slow - quick, ms / 1000));
    return {
      findings: [
        derivedFinding(
          claim,
          (ours) =>
            `${ours}. Nothing here can tell whether GPT-5.5 thinks in those seconds; they leave room for ${room.at(-1)!} to ${room[0]!} hidden tokens.`,
        ),
      ],
      text: [
        "The first word of an answer comes after the prompt is read and after all hidden tokens: time to first token + hidden tokens x time of a token. If GPT-5.5 begins with the half second of Claude Opus 4.7, the 2.5 seconds between them leave room for about a hundred hidden tokens. The number depends on the time of a token, which nobody published. Longer prompts, queues and larger models take time too.",
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
