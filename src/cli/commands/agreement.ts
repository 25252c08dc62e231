import type { Command } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { dataPath } from "../../files/published.ts";
import { runAblation } from "../../studies/agreement/ablation/run.ts";
import { runAgreementFit } from "../../studies/agreement/fit/run.ts";
import { runAgreement } from "../../studies/agreement/run.ts";
import { agreementReader } from "../../studies/agreement/reader.ts";
import { withNumericsOptions } from "../options/numerics.ts";
import { collect, givenReader, integer, share, tokenCount, withReaderOptions } from "../options/values.ts";
import { formatAblation } from "../print/ablation.ts";
import { formatAgreementFit } from "../print/agreement-fit.ts";
import { formatAgreement } from "../print/agreement.ts";
import { printStudy } from "../print/study.ts";
import { watch } from "../print/watch.ts";

const notes = `
TABLE.csv needs the columns model, task_family, context_tokens, method and score, and may have source_title, budget,
budget_tokens, keep_ratio, query_aware, dense_score and sparse_phase; docs/agreement.md says what they hold. Every row whose
task, method and budget the simulator has is run; the others, and rows that cannot be read, are counted by reason. The same
command run again goes on where it ended.

The reader's keys follow the text: ${Object.entries(agreementReader)
  .map(([name, value]) => `${name} ${value}`)
  .join(", ")}. Each reader option replaces one of these.`;

/** `attnsim agreement`: measured scores of attention methods on real models beside the simulator's. */
export default function agreementCommand(command: Command): void {
  const asking = command
    .option("--ablate", "the agreement without each part of the reader's geometry")
    .option("--fit", "fit six numbers of the reader to dense attention and three methods of one model")
    .option("--trials <n>", "problems of each task (default: 10, with --ablate 3, with --fit 2)", integer(1))
    .option("--candidates <n>", "with --fit: points drawn at first", integer(1), 16)
    .option("--rounds <n>", "with --fit: rounds of steps from the best point", integer(0), 5)
    .option("--most <tokens>", "longest context that is run", tokenCount, 16_384)
    .option("--least <tokens>", "shortest context that is run", tokenCount)
    .option(
      "--only <part>",
      "rows of this method, or whose source or model has this in its name; more with commas or again",
      collect,
    )
    .option("--keep <share>", "rows that keep or read this share of the tokens, to .1", share)
    .option("--seed <n>", "seed of the problems", integer(0), 0);
  withReaderOptions(withNumericsOptions(asking, "results/local/agreement"))
    .argument("[table]", "CSV of measured scores (default: the package's own, data/measured-accuracy.csv)")
    .addHelpText("after", notes)
    .action(
      async (
        table = dataPath("measured-accuracy.csv"),
        { json, ablate, fit, candidates, rounds, ...options },
      ) => {
        const reader = { ...agreementReader, ...givenReader(options) };
        const asked = { ...options, table, reader };
        if (ablate && fit) throw new UsageError("--ablate and --fit are two questions; got both");
        if (fit)
          printStudy(
            await runAgreementFit({ trials: 2, candidates, rounds, ...asked }, watch),
            json,
            formatAgreementFit,
          );
        else if (ablate) printStudy(await runAblation({ trials: 3, ...asked }, watch), json, formatAblation);
        else printStudy(await runAgreement({ trials: 10, ...asked }, watch), json, formatAgreement);
      },
    );
}
