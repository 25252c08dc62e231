import {
  breakEvenFigure,
  claimOf,
  compare,
  defineChapter,
  derivedFinding,
  disagrees,
  factsOf,
  longPrompt,
  reportedVerdict,
  taskCost,
  valuesOf,
} from "../../src/experiments.ts";
import type { Economics, Evidence, Finding } from "../../src/experiments.ts";
import { formatChange, formatUsd } from "../../src/index.ts";

/** Statements of other pages about the output tokens of this pair of models and of another. */
function otherPages() {
  const facts = factsOf("output-tokens").map(({ states, value_before: percent, note, source }) => ({
    states,
    note,
    source,
    percent: Number(percent),
    isOfPair: states.includes("GPT-5.4"),
  }));
  return {
    ofPair: facts.filter(({ isOfPair }) => isOfPair),
    ofOthers: facts.filter(({ isOfPair }) => !isOfPair),
  };
}

/** The finding on the tokens saved: the figure is derived, and other pages may give another. */
function tokensFinding({ say }: Evidence): Finding {
  const claim = claimOf("output-tokens");
  const [all, left] = valuesOf(claim)!;
  const claimed = 100 * (1 - left / all);
  const { ofPair, ofOthers } = otherPages();
  const same = ofPair.filter(({ percent }) => compare(percent, claimed) === "alike");
  const derived = derivedFinding(
    claim,
    (ours) => `${say("figure of output-tokens", ours)}, from the two numbers.`,
  );
  const reported = reportedVerdict(same.length, ofPair.length - same.length);
  const cost = (percent: number): string => {
    const { after, changes } = taskCost(0, Math.round(all * (1 - percent / 100)));
    const name = `task without a prompt, ${percent}% fewer output tokens`;
    return `${say(`cost of the ${name}, GPT-5.5`, formatUsd(after.total))}, ${say(`change of cost of the ${name}`, formatChange(changes.totalCost!))}`;
  };
  const told = ({ states, percent }: (typeof ofPair)[number]): string =>
    `${say(`output tokens: ${states}`, `${percent}%`)} fewer ${states.replace("percent fewer ", "")}`;
  return {
    claim: claim.id,
    verdict: disagrees(reported) ? reported : derived.verdict,
    says: [
      derived.says,
      ...ofOthers.map((fact) => `One page has ${told(fact)}: of another pair.`),
      ...ofPair.map((fact) => `Another has ${told(fact)}: the task would cost ${cost(fact.percent)}.`),
    ].join(" "),
  };
}

/** Prices, output tokens, and the cost of a task. */
export const economics = defineChapter({
  name: "economics",
  title: "Twice the price, and less to pay?",
  tell(evidence) {
    const { say } = evidence;
    const [all, left] = valuesOf(claimOf("output-tokens"))!;
    const [alone, long, silent] = [taskCost(0), taskCost(longPrompt), taskCost(0, 0)];
    const [turn, never] = [alone, silent].map(({ breakEven }) => breakEven.promptPerOutput!) as [
      number,
      number,
    ];
    const turnText = say("prompt tokens for each output token at which both cost the same", turn.toFixed(1));
    const neverText = say(
      "prompt tokens for each output token above which no answer is short enough",
      never.toFixed(1),
    );
    const [output, shorter, prompt] = [all, left, longPrompt].map((tokens) =>
      tokens.toLocaleString("en"),
    ) as [string, string, string];
    say("output tokens of the task, GPT-5.4", output);
    say("output tokens of the task, GPT-5.5", shorter);
    say("tokens of a long prompt", prompt);
    const usd = (name: string, model: string, total: number): string =>
      say(`cost of the ${name}, ${model}`, formatUsd(total));
    const texts = (name: string, { before, after, changes }: Economics) => ({
      before: usd(name, "GPT-5.4", before.total),
      after: usd(name, "GPT-5.5", after.total),
      change: say(`change of cost of the ${name}`, formatChange(changes.totalCost!)),
    });
    const [bare, asked] = [
      texts("task without a prompt", alone),
      texts(`task after a prompt of ${longPrompt} tokens`, long),
    ];
    const ratio = longPrompt / all;
    const ratioText = say("prompt tokens for each output token of a long question", ratio.toFixed(1));
    const side = { less: "below", alike: "near", more: "above" } as const;
    const notes: Readonly<Record<string, string>> = {
      "input-price": "Input is dearer too, which the article's sum leaves out.",
      "net-output-cost": `${bare.before} to ${bare.after}, for output alone. Above ${turnText} prompt tokens for each output token the whole task costs more.`,
    };
    const derived = (id: string): Finding =>
      derivedFinding(claimOf(id), (ours) =>
        `${say(`figure of ${id}`, ours)}, from the two numbers. ${notes[id] ?? ""}`.trim(),
      );
    return {
      findings: [
        derived("input-price"),
        derived("output-price"),
        tokensFinding(evidence),
        derived("net-output-cost"),
      ],
      text: [
        `${bare.before} becomes ${bare.after} (${bare.change}) in a task without a prompt. Input is dearer as well, and a prompt does not get shorter. At the article's prices both models cost the same at ${turnText} prompt tokens for each output token of GPT-5.4, and above ${neverText} no answer is short enough. A question about a long context, ${prompt} tokens of prompt and ${output} of output, has ${ratioText}: it lies ${side[compare(ratio, turn)]} the first and ${side[compare(ratio, never)]} the second, and its cost changes by ${asked.change}. A cache that serves most of the prompt moves these points; attnsim economics --cached computes by how much.`,
        "Hidden reasoning is charged as output. A model that thinks before it answers saves only if it thinks less as well.",
      ],
      tables: [
        {
          titles: ["task", "GPT-5.4", "GPT-5.5", "change"],
          rows: [
            [`output alone, ${output} and ${shorter} tokens`, bare.before, bare.after, bare.change],
            [`the same after a prompt of ${prompt} tokens`, asked.before, asked.after, asked.change],
          ],
        },
      ],
      figure: breakEvenFigure(alone.surface, 1 - left / all),
      sources: factsOf("output-tokens").map(({ states, value_before: percent, source }) => ({
        title: `${percent}% ${states.replace("percent ", "")}`,
        url: source,
      })),
    };
  },
});
