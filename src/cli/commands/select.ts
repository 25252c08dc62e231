import { Option } from "@commander-js/extra-typings";
import type { Command } from "@commander-js/extra-typings";
import { runSelect } from "../../studies/select/run.ts";
import { integer, positive, share, tokenCount, tokensOrNone } from "../options/values.ts";
import { formatSelection } from "../print/selection.ts";
import { print } from "../print/print.ts";

const notes = `
Without --output-tokens each model takes its tokens for one task from the table; the task is the same for all models. Scores
are published ones, from the column that covers the prompt's length. ~ marks the nearest column within a factor of 2. A number
that nobody stated is a gap, and no model is refused for a gap.

A price table is YAML:

  source: where the numbers stand
  models:
    my-model:
      input: 2.5            # USD per million tokens
      cachedInput: 0.25
      output: 15
      context: 1000000      # tokens
      firstToken: 0.7       # seconds
      tokensPerSecond: 60
      taskTokens: 4000      # output tokens of one task, the same for all models

  attnsim select --prompt 200K --requests 1000 --latency 2
  attnsim select --prompt 8K --output-tokens 1000 --prices my-prices.yaml --by latency`;

/** `attnsim select`: ranks models for a workload by published numbers. */
export default function selectCommand(command: Command): void {
  command
    .requiredOption("--prompt <tokens>", "tokens of a prompt: 8000, 256K", tokensOrNone)
    .option(
      "--output-tokens <tokens>",
      "tokens of an answer (default: those of each model in the table)",
      tokenCount,
    )
    .option("--think <tokens>", "hidden reasoning tokens before an answer", tokensOrNone, 0)
    .option("--cached <share>", "share of the prompt that a cache serves, 0 to 1", share, 0)
    .option("--requests <n>", "requests", integer(1), 1)
    .option("--latency <seconds>", "longest wait for the first token of an answer", positive)
    .option(
      "--context <tokens>",
      "tokens that a model's context must hold (default: prompt and answer)",
      tokenCount,
    )
    .option("--prices <file>", "price table in YAML (default: the article's)")
    .addOption(
      new Option("--by <what>", "rank models by cost or by latency")
        .choices(["cost", "latency"])
        .default("cost"),
    )
    .option("--json", "print JSON")
    .addHelpText("after", notes)
    .action(({ json, prices, by, outputTokens, cached, ...rest }) => {
      const demand = { ...rest, output: outputTokens, cachedShare: cached };
      const result = runSelect({ demand, by, prices });
      print(json ? JSON.stringify(result, null, 2) : formatSelection(result));
    });
}
