import { Option } from "@commander-js/extra-typings";
import type { Command } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { claimFolder } from "../../runs/claim.ts";
import { writeTables } from "../../runs/tables.ts";
import { frontierResults, runFrontier } from "../../studies/frontier/run.ts";
import { divisionOptions, rackOptions, readRacks } from "../options/racks.ts";
import { forceOption } from "../options/results.ts";
import { scoreSource } from "../options/scores.ts";
import { readRequests, requestOptions } from "../options/workload.ts";
import { collect, givenReader, integer, positive, tokenCount, withReaderOptions } from "../options/values.ts";
import { formatFrontier, frontierLines } from "../print/frontier.ts";
import { watch } from "../print/watch.ts";
import { print, printError } from "../print/print.ts";

const notes = `
Scores come from a results CSV (--results) or from the mean field (--mean-field, --task, --variant). Costs are those of the
same variants in the layers of a model on a system: TPOT of --users users, users whose caches fit, and prices when no token
takes longer than --tpot-ms. * marks a variant if no other is as accurate and as cheap.

  attnsim frontier --results results/length-sweep/data.csv --tokens 1M --system gb300-nvl72 --model deepseek-v3 --beyond
  attnsim frontier --mean-field --task graphwalks --variant dense dsa quest moba --tokens 256K --model llama-3.1-405b`;

/** Parameters of the reader whose options mean the rack here; a spec says its own: `dsa+bf16`. */
const ofTheRack = ["kvDtype"];

/** `attnsim frontier`: accuracy against cost on a rack. */
export default function frontierCommand(command: Command): void {
  withReaderOptions(requestOptions(divisionOptions(rackOptions(command))), ofTheRack)
    .option("--results <file>", "results CSV or Parquet with the scores (required, or --mean-field)")
    .option("--mean-field", "draw scores in the mean field; needs --task, --variant and --tokens")
    .addOption(new Option("--theory", "former name of --mean-field").implies({ meanField: true }).hideHelp())
    .option("--task <spec>", "tasks, with --mean-field; more with commas or again", collect)
    .option("--trials <n>", "trials of each task and variant, with --mean-field", integer(1), 20)
    .option("--seed <n>", "seed of the trials, with --mean-field", integer(0), 0)
    .option("--tokens <n>", "tokens of the context (default: the longest of the results)", tokenCount)
    .option("--users <n>", "users who share the system, for TPOT", integer(1), 64)
    .option("--tpot-ms <ms>", "longest time of a token, for prices", positive, 50)
    .option("--out <folder>", "write CSV and figure")
    .option(...forceOption)
    .addHelpText("after", notes)
    .action(async ({ out, json, force, ...options }) => {
      const { system, model, users, tokens, price } = options;
      if ((system.length > 1 || model.length > 1) && json !== true && out !== undefined)
        throw new UsageError("--out takes one system and one model; got several");
      const asked = {
        scores: scoreSource({ ...options, reader: givenReader(options, ofTheRack) }),
        // dense attention without effect on a hybrid is left out, although the scores have it
        racks: { ...readRacks(options), unsuited: "left out" as const },
        requests: readRequests(options),
        tpotLimit: options.tpotMs / 1000,
        users,
        tokens,
        price,
      };
      if (out !== undefined) claimFolder(out, { name: "frontier", config: asked, force });
      const found = await runFrontier(asked, watch);
      const { points } = found;
      const assumptions = frontierLines(asked, found);
      print(json ? JSON.stringify({ assumptions, points }, null, 2) : formatFrontier(found, assumptions));
      if (out === undefined) return;
      for (const path of await writeTables(out, frontierResults(points, asked, assumptions)))
        printError(path);
    });
}
