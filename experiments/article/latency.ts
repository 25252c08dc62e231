import {
  barsFigure,
  claimOf,
  defineChapter,
  derivedFinding,
  hiddenTokens,
  valuesOf,
} from "../../src/experiments.ts";

/** times of an output token, ms */
const steps = [5, 10, 20, 40];

/** The time to the first token, and the hidden tokens that it leaves room for. */
export const latency = defineChapter({
  name: "latency",
  title: "The wait for the first token",
  tell({ say }) {
    const claim = claimOf("ttft");
    const [slow, quick] = valuesOf(claim)!;
    const room = steps.map((ms) => {
      const tokens = hiddenTokens(slow - quick, ms / 1000);
      return { ms, tokens, text: say(`hidden tokens that fit the wait at ${ms} ms a token`, String(tokens)) };
    });
    const [most, least] = [room[0]!, room.at(-1)!];
    const between = `${least.text} (at ${least.ms} ms a token) to ${most.text} (at ${most.ms} ms)`;
    const [slowText, quickText] = [
      say("time to the first word of GPT-5.5", `${slow} s`),
      say("time to the first word of Claude Opus 4.7", `${quick} s`),
    ];
    return {
      findings: [
        derivedFinding(
          claim,
          (ours) =>
            `${say("figure of ttft", ours)}. Nothing here can tell whether GPT-5.5 thinks in those seconds; they leave room for ${between} hidden tokens.`,
        ),
      ],
      text: [
        `The first word of an answer comes after the prompt is read and after all hidden tokens: time to first token + hidden tokens x time of a token. If GPT-5.5 begins as soon as Claude Opus 4.7 (${quickText}), the time from there to ${slowText} leaves room for ${between} hidden tokens. Nobody published the time of a token. Longer prompts, queues and larger models take time too.`,
      ],
      figure: barsFigure({
        title: `Hidden tokens that fit between ${quick} s and ${slow} s`,
        subtitle: "by the time that an output token takes",
        axis: "hidden tokens",
        bars: room.map(({ ms, tokens, text }) => ({
          name: `${ms} ms a token`,
          series: "hidden tokens",
          value: tokens,
          label: text,
        })),
      }),
    };
  },
});
