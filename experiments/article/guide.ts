import {
  adviceVerdict,
  articleClaims,
  claimOf,
  defineChapter,
  leadOf,
  listText,
  longPrompt,
  publishedPercent,
  publishedText,
  readingSeconds,
  signedPoints,
  taskCost,
  valuesOf,
  waitVerdict,
} from "../../src/experiments.ts";
import type { Evidence, Finding } from "../../src/experiments.ts";
import { formatChange, formatSeconds } from "../../src/index.ts";

const rack = "gb200-nvl72";

/** Published long-context scores that both vendors' models have. */
const shared = (evidence: Evidence) =>
  evidence.published
    .filter(({ model }) => model === "Claude Opus 4.7")
    .map(({ benchmark, column }) => {
      const [gpt, opus] = ["GPT-5.5", "Claude Opus 4.7"].map((model) => ({ benchmark, model, column })) as [
        Parameters<typeof publishedPercent>[1],
        Parameters<typeof publishedPercent>[1],
      ];
      return {
        lead: publishedPercent(evidence, gpt) - publishedPercent(evidence, opus),
        text: `${benchmark} ${column}: ${publishedText(evidence, gpt)} against ${publishedText(evidence, opus)}`,
      };
    });

function longContexts(evidence: Evidence): Finding {
  const pairs = shared(evidence);
  return {
    claim: "guide-long",
    verdict: adviceVerdict(pairs.map(({ lead }) => lead)),
    says: `GPT-5.5 leads in ${evidence.say("published long-context scores in which GPT-5.5 leads Claude Opus 4.7", String(pairs.filter(({ lead }) => lead > 0).length))} of ${evidence.say("published long-context scores of both vendors", String(pairs.length))} published scores that both have (${pairs.map(({ text }) => text).join("; ")}). The simulator adds what such a lead can come from: the chapters on attention and on racks.`,
  };
}

/** Leads that the article prints on benchmarks of a kind. @param sign 1 where GPT-5.5 is advised, -1 for Claude Opus 4.7 */
function byLeads(claim: string, ids: readonly string[], sign: number, { say }: Evidence): Finding {
  const found = ids.map((id) => {
    const lead = leadOf(claimOf(id));
    const name = claimOf(id).claim.replace(/^.* over (?:GPT-5\.5|Opus 4\.7) /, "");
    return {
      lead: sign * lead,
      text: `${name} ${say(`lead of GPT-5.5 in ${id}`, `${signedPoints(lead)} pp`)}`,
    };
  });
  return {
    claim,
    verdict: adviceVerdict(found.map(({ lead }) => lead)),
    says: `GPT-5.5 against Claude Opus 4.7: ${listText(found.map(({ text }) => text))}. The simulator has nothing to say of these benchmarks.`,
  };
}

function cost({ say }: Evidence): Finding {
  const [alone, long] = [taskCost(0), taskCost(longPrompt)].map(({ changes }) => changes.totalCost!) as [
    number,
    number,
  ];
  return {
    claim: "guide-cost",
    verdict: adviceVerdict([-alone, -long]),
    says: `At the article's prices and tokens, against GPT-5.4: ${say("change of cost of the task without a prompt", formatChange(alone))} without a prompt, ${say(`change of cost of the task after a prompt of ${longPrompt} tokens`, formatChange(long))} after a prompt of ${say("tokens of a long prompt", longPrompt.toLocaleString("en"))} tokens. attnsim select ranks models for a workload of your own.`,
  };
}

function wait({ say }: Evidence): Finding {
  const [, quick] = valuesOf(claimOf("ttft"))!;
  const [dense, dsa] = ["dense", "dsa"].map((variant) => readingSeconds(rack, variant, longPrompt)) as [
    number,
    number,
  ];
  const text = (variant: string, seconds: number): string =>
    say(`reading of a prompt of ${longPrompt} tokens with ${variant} on ${rack}`, formatSeconds(seconds));
  const least = Math.min(dense, dsa);
  return {
    claim: "guide-latency",
    verdict: waitVerdict(quick, least),
    says: `The article's ${say("time to the first word of Claude Opus 4.7", `${quick} s`)} ${least <= quick ? "is time enough for a long prompt" : "is of short prompts"}: with DeepSeek-V3's dimensions one prompt of ${say("tokens of a long prompt", longPrompt.toLocaleString("en"))} tokens takes a whole GB200 rack ${text("dense", dense)} to read with dense attention and ${text("dsa", dsa)} with DSA.`,
  };
}

/** The choice of a model, advice by advice. */
export const guide = defineChapter({
  name: "guide",
  title: "The practical guide: which model for which task",
  tell(evidence) {
    const depth = ["lead-swe-bench-pro", "lead-hle", "lead-financeagent", "lead-gpqa", "lead-hle-tools"];
    const agents = [
      "lead-terminal-bench",
      "lead-cybergym",
      "lead-browsecomp",
      "lead-osworld",
      "lead-mcp-atlas",
    ];
    const count = articleClaims().filter(({ kind }) => kind === "advice").length;
    return {
      findings: [
        longContexts(evidence),
        byLeads("guide-agents", agents, 1, evidence),
        byLeads("guide-depth", depth, -1, evidence),
        cost(evidence),
        wait(evidence),
        {
          claim: "guide-images",
          verdict: "out of reach",
          says: "The simulator has no images, and no page looked up gives both vendors' limits.",
        },
      ],
      text: [
        `The article ends with a guide. Its words are not at hand; these ${evidence.say("pieces of advice", String(count))} pieces of advice are the choices that its own numbers and its summary lead to, and each is judged by published numbers or by the simulator.`,
      ],
    };
  },
});
