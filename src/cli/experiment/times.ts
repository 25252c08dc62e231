import { availableParallelism } from "node:os";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import { claimFolder } from "../../runs/claim.ts";
import { writeParquet } from "../../runs/parquet.ts";
import { runScaling } from "../../studies/scaling/run.ts";
import { withResultOptions } from "../options/results.ts";
import { cores, oneOf } from "../options/values.ts";
import { formatScaling } from "../print/scaling.ts";
import { watch } from "../print/watch.ts";
import { resultsFolder } from "./experiment.ts";
import type { Answer } from "./experiment.ts";
import { print, printError } from "../print/print.ts";

/** Times of queries over context lengths. */
export interface TimesOptions {
  /** variant specs; they include dense, which the others are compared with */
  readonly variants: readonly string[];
  /** tokens, ascending */
  readonly lengths: (full: boolean) => readonly number[];
}

/** Answers a question with times measured on this machine. */
export const times = ({ variants, lengths }: TimesOptions): Answer => ({
  define(program, { name, question }) {
    withResultOptions(program)
      .option(
        "--engine <name>",
        `numeric engine: ${engineNames.join(", ")}`,
        oneOf("engine", engineNames),
        defaultEngine,
      )
      .option("--threads <n>", "kernel threads", cores, availableParallelism())
      .action(async ({ full = false, out = resultsFolder(name, full), engine, threads, ...options }) => {
        const { json, dryRun, force, parquet } = options;
        const asked = lengths(full);
        if (dryRun) {
          print(`${asked.length * variants.length} variants and lengths for ${out}`);
          return;
        }
        const config = { full, engine, threads };
        claimFolder(out, { name, config, force });
        const { answer, files } = await runScaling(
          {
            name,
            question,
            variants,
            lengths: asked,
            engine,
            threads,
            out,
            config,
          },
          watch,
        );
        if (parquet) writeParquet(out);
        print(json ? JSON.stringify(answer, null, 2) : formatScaling(answer));
        for (const file of files) printError(file);
      });
  },
});
