import type { Command } from "@commander-js/extra-typings";
import { runEconomics } from "../../studies/economics/run.ts";
import { forceOption } from "../options/results.ts";
import { modelPair, numberList, numberPair, positive, share, tokensOrNone } from "../options/values.ts";
import { formatEconomics } from "../print/economics.ts";
import { print, printError } from "../print/print.ts";

const notes = `
<before,after> is one number for each model. Prices are USD per million tokens; hidden reasoning is charged as output.
Without options the task is the article's: 10,000 output tokens at $15 against 2,800 at $30. Give each needed number that
the price table lacks.

  attnsim economics --prompt 256K --cached 0.9 --cached-input 0.25,0.5
  attnsim economics --think 0,2000 --tpot-ms 10`;

/** `attnsim economics`: the cost of a task with two models, when the dearer one pays, and the wait for the first word. */
export default function economicsCommand(command: Command): void {
  command
    .option("--prices <file>", "price table in YAML (default: the article's)")
    .option("--models <before,after>", "models of the table", modelPair, ["GPT-5.4", "GPT-5.5"])
    .option("--input <before,after>", "price of input (default: the table's)", numberPair)
    .option("--output <before,after>", "price of output (default: the table's)", numberPair)
    .option("--cached-input <before,after>", "price of cached input (default: the table's)", numberPair)
    .option("--output-tokens <before,after>", "tokens of the answer (default: the table's)", numberPair)
    .option("--think <before,after>", "hidden reasoning tokens before the answer", numberPair, [0, 0])
    .option("--prompt <tokens>", "tokens of the prompt: 8000, 256K", tokensOrNone, 0)
    .option("--cached <share>", "share of the prompt that a cache serves, 0 to 1", share, 0)
    .option(
      "--ttft <seconds>",
      "time to the first token of an answer without hidden reasoning",
      positive,
      0.5,
    )
    .option(
      "--first-token <seconds>",
      "observed time to the first word of the answer, which hidden reasoning is to explain",
      positive,
      3,
    )
    .option(
      "--tpot-ms <ms>",
      "time of an output token; an assumption, since nobody published it",
      positive,
      20,
    )
    .option("--price-ratios <n>", "price ratios of the surface", numberList, [1.25, 1.5, 2, 3])
    .option("--reductions <n>", "reductions of the surface", numberList, [0, 0.2, 0.4, 0.6, 0.72, 0.9])
    .option("--out <folder>", "write the break-even surface: CSV and figure")
    .option(...forceOption)
    .option("--json", "print JSON")
    .addHelpText("after", notes)
    .action(async ({ json, ...options }) => {
      const { answer, files } = await runEconomics(options);
      const { models, question, economics, sources } = answer;
      const shown = { models, ...question, ...economics, surface: undefined, sources, figures: files };
      print(json ? JSON.stringify(shown, null, 2) : formatEconomics(answer));
      for (const file of files) printError(file);
    });
}
