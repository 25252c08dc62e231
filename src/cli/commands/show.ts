import type { Command } from "@commander-js/extra-typings";
import { showTrial } from "../../studies/show/run.ts";
import { cores, givenReader, integer, withReaderOptions } from "../options/values.ts";
import { formatView, viewData } from "../print/view.ts";
import { print } from "../print/print.ts";

const help = `
The trial is the one that attnsim run makes of the same task, length, seed and number. Of every query (each hop of a walk,
each request of a conversation, each key of a retrieval) it tells which tokens were read, how the variant's own scores
ranked the right ones, what weight they got, and why they were found or missed. The picture has queries down and positions
across.`;

/** `attnsim show`: which tokens a variant reads in one trial, and why it finds or misses what it should read. */
export default function showCommand(command: Command): void {
  withReaderOptions(
    command
      .requiredOption("--task <spec>", "task: graphwalks, mrcr(needles=8)")
      .requiredOption("--variant <spec>", "attention variant: quest(budget=512)+fp8")
      .requiredOption("--tokens <n>", "context length: 4K, 16384")
      .option("--trial <n>", "number of the problem among those of the seed, from 0", integer(0), 0)
      .option("--seed <n>", "seed of the problems", integer(0), 0)
      .option("--queries <n>", "most queries to show", integer(1), 24)
      .option("--head <n>", "one query head, from 0 (default: all, of which means are shown)", integer(0))
      .option("--engine <name>", "numeric engine", "wasm")
      .option("--threads <n>", "threads of the engine", cores)
      .option("--csv <file>", "write every token that was read or should have been as CSV")
      .option("--out <file>", "draw the reads: .svg or .png")
      .option("--json", "print JSON"),
  )
    .addHelpText("after", help)
    .action(async ({ json, ...options }) => {
      const view = await showTrial({ ...options, reader: givenReader(options) });
      print(json ? JSON.stringify(viewData(view), null, 2) : formatView(view));
    });
}
