import { unknownName } from "../core/errors.ts";
import { distinct } from "../core/group.ts";
import { makeFolder } from "../files/files.ts";
import { findFigure } from "../figures/registry.ts";
import { savePlan } from "../runs/cluster/plan-file.ts";
import { readManifest } from "../runs/manifest.ts";
import { writeParquet } from "../runs/parquet.ts";
import type { Plan } from "../runs/plan.ts";
import { possible } from "./possible.ts";
import { present } from "./present.ts";
import { formatPlan, planData } from "./print/plan.ts";
import { runWatched } from "./print/watch.ts";
import { print } from "./print/print.ts";

/** Options of a run that `attnsim run` and experiments share. */
export interface ExecuteOptions {
  readonly out: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly memoryGb?: number | undefined;
  readonly json?: boolean | undefined;
  /** print the time of each part */
  readonly profile?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** write the plan into the folder of results, and stop */
  readonly planOnly?: boolean | undefined;
  /** overwrite results of another plan, and edited results */
  readonly force?: boolean | undefined;
  /** write Parquet files beside the CSV files */
  readonly parquet?: boolean | undefined;
  /** leave out tasks at lengths, and variants, that cannot be had */
  readonly skipImpossible?: boolean | undefined;
  /** variant spec that others are compared with on the same problems */
  readonly reference?: string | undefined;
  /** figures to draw (default: all that the rows can show) */
  readonly figures?: readonly string[] | undefined;
  /** the options, for the manifest */
  readonly config: object;
}

/**
 * Runs a plan for a user, with a progress bar, Ctrl-C, figures and a summary.
 *
 * @throws UsageError before any work; Unfinished after Ctrl-C or when trials failed
 */
export async function execute(asked: Plan, options: ExecuteOptions): Promise<void> {
  const { out, json } = options;
  const plan = possible(asked, options.skipImpossible);
  options.figures?.forEach(findFigure);
  const { reference } = options;
  requireReference(plan, reference);
  if (options.dryRun) {
    print(json ? JSON.stringify(planData(plan, out), null, 2) : formatPlan(plan, out));
    return;
  }
  const { workers, threads, memoryGb, profile, config, force } = options;
  const run = { plan, config, figures: options.figures, reference };
  if (options.planOnly) {
    makeFolder(out);
    savePlan(out, run, { force });
    print(`${plan.trials.length} trials planned in ${out}; attnsim submit ${out}`);
    return;
  }
  const memoryBytes = memoryGb === undefined ? undefined : memoryGb * 1e9;
  const before = readManifest(out);
  const outcome = await runWatched(plan, { out, workers, threads, memoryBytes, profile, config, force });
  if (options.parquet) writeParquet(out);
  await present(run, outcome, { out, json, before });
}

/** @throws UsageError if no trial of a plan is of the reference */
function requireReference({ trials }: Plan, reference: string | undefined): void {
  if (reference === undefined || trials.some(({ trial }) => trial.variant === reference)) return;
  unknownName("reference", reference, distinct(trials.map(({ trial }) => trial.variant)));
}
