import {
  barsFigure,
  claimOf,
  compare,
  defineChapter,
  directionOf,
  finds,
  gainText,
  hiddenTokens,
  onRack,
  planningVerdict,
  problemsText,
  rackSetting,
  scoreText,
  stepText,
  valuesOf,
} from "../../src/experiments.ts";
import type { Evidence } from "../../src/experiments.ts";
import { formatSeconds, formatShare } from "../../src/index.ts";
import { problems, requests, search } from "./tasks.ts";

const rack = "gb200-nvl72";
const reads = [1, 4, 16];
const variants = ["dense", "dsa"];
const [few, many] = [reads[0]!, reads.at(-1)!];
/** time of an output token, s: nobody published it */
const tpot = 0.02;

const at = (task: string, variant: string, times: number) => ({ task, variant, tokens: "1M", reads: times });

/** Direction in which more reads change the score of a task. */
const effectOf = (evidence: Evidence, task: string, variant: string) =>
  directionOf(evidence.gain(at(task, variant, few), at(task, variant, many)));

const change = (evidence: Evidence, task: string, variant: string): string =>
  gainText(evidence, at(task, variant, few), at(task, variant, many));

/** A sentence on the gain of more reads in both tasks. */
function gains(evidence: Evidence): string {
  const words = { rises: "more", falls: "less", unclear: "neither more nor less, within the interval," };
  const told = (task: string, what: string): string =>
    `${what}: ${variants.map((variant) => `${words[effectOf(evidence, task, variant)]} with ${variant} (${change(evidence, task, variant)})`).join(", ")}`;
  const noise =
    effectOf(evidence, search, "dense") === "rises" ? " More reads average the noise of each read." : "";
  const leak = finds(evidence.score(at(requests, "dense", many)).mean)
    ? ""
    : " They do not average away the leak of a long context, which is the same in every read.";
  return `In the simulation ${many} reads of a query in place of ${few} find ${told(search, "in a search at 1M")}; and ${told(requests, "among eight identical requests")}.${noise}${leak}`;
}

/** Whether selection makes many reads cheap, from the steps. */
function price(evidence: Evidence): string {
  const steps = (variant: string): string => stepText(evidence, rack, variant, many);
  const [dsa, dense] = [onRack(rack, "dsa", many).step, onRack(rack, "dense", many).step];
  const cheap = {
    less: "Selection makes them cheaper",
    alike: "Selection does not make them cheaper",
    more: "Selection makes them dearer",
  }[compare(dsa, dense)];
  return `Every read takes the step's attention again. ${cheap}: a step of ${many} reads takes ${steps("dsa")} with DSA and ${steps("dense")} with dense attention; a step of one dense read takes ${stepText(evidence, rack, "dense", few)}.`;
}

/** Think first, then speak: the gain and the cost of more than one read. */
export const generation = defineChapter({
  name: "generation",
  title: "Think first, then speak",
  *trials(trial) {
    for (const task of [search, requests])
      for (const variant of variants)
        for (const times of reads)
          for (let n = 0; n < problems; n++)
            yield trial({ task, variant, tokens: "1M", trial: n, reader: { reads: times } });
  },
  tell(evidence) {
    const { say } = evidence;
    const [all, left] = valuesOf(claimOf("output-tokens"))!;
    const [slow, quick] = valuesOf(claimOf("ttft"))!;
    const saved = all - left;
    const room = hiddenTokens(slow - quick, tpot);
    const [from, to] = [at(search, "dense", few), at(search, "dense", many)];
    const savedText = say("output tokens saved", saved.toLocaleString("en"));
    const roomText = say(`hidden tokens that fit the wait at ${formatSeconds(tpot)} a token`, String(room));
    const tpotText = say("assumed time of an output token", formatSeconds(tpot));
    const waitText = say("time to the first word of GPT-5.5", `${slow} s`);
    return {
      findings: [
        {
          claim: "speculation-generation",
          verdict: planningVerdict(evidence.gain(from, to), room, saved),
          says:
            `At ${tpotText} a token the wait of ${waitText} has room for ${roomText} hidden tokens; ${savedText} output tokens are said to be saved. ` +
            `More work within a step: ${many} reads of each query move a dense search at 1M from ${scoreText(evidence, from)} to ${scoreText(evidence, to)} (${change(evidence, search, "dense")}; 95% intervals, ${problemsText(evidence, from)} problems). Nothing in the simulation makes an answer shorter.`,
        },
      ],
      text: [
        `"Think first" may mean two things. Hidden reasoning tokens are output that is not shown: each takes a step, comes before the first word and is charged. At ${tpotText} a token, ${waitText} leave room for ${roomText} of them after the first ${say("time to the first word of Claude Opus 4.7", `${quick} s`)}; the article says that ${savedText} tokens are saved.`,
        `Or a model may do more within a step: read the cache again, and average. ${gains(evidence)} ${price(evidence)}`,
      ],
      tables: [
        {
          titles: ["attention", "reads", "search, 1M", "eight requests, 1M", "step on a GB200 rack"],
          rows: variants.flatMap((variant) =>
            reads.map((times) => [
              variant,
              times,
              scoreText(evidence, at(search, variant, times)),
              scoreText(evidence, at(requests, variant, times)),
              stepText(evidence, rack, variant, times),
            ]),
          ),
        },
      ],
      figure: barsFigure({
        title: "Score of a search at 1M tokens, by reads of each query",
        subtitle: `mean field, ${problems} graphs; beside each bar the score and the time of a step, dimensions of ${rackSetting.model}, ${rackSetting.users} users a rack`,
        axis: "score (F1)",
        largest: 1,
        bars: variants.flatMap((variant) =>
          reads.map((times) => {
            const { mean } = evidence.score(at(search, variant, times));
            return {
              name: `${times} ${times === 1 ? "read" : "reads"}`,
              series: variant,
              value: mean,
              label: `${formatShare(mean)}, ${formatSeconds(onRack(rack, variant, times).step)}`,
            };
          }),
        ),
      }),
    };
  },
});
