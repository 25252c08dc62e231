import { statSync } from "node:fs";
import { join } from "node:path";
import { loadPlan, holdsPlan } from "../runs/cluster/plan-file.ts";
import type { PlannedRun } from "../runs/cluster/plan-file.ts";
import { configuredPlan, folderNameOf, readConfig, runDefaults } from "../runs/config.ts";
import { plugins } from "../trial/plugins.ts";
import { possible } from "./possible.ts";

/** Help of the argument that `plannedRun` reads. */
export const planArgument =
  "YAML or JSON file with the options of `attnsim run`, or a folder of results that holds a plan";

/** A plan that a user named, and the folder of its results. */
export interface NamedPlan {
  readonly run: PlannedRun;
  readonly out: string;
}

/**
 * The plan of a folder of results, or of a configuration file. A file's plan is that of `attnsim run --config`, with the same
 * folder. If that folder holds the plan already, it is read there.
 *
 * @throws UsageError for a folder without a plan, a file that is no configuration, and trials that cannot be had
 */
export async function plannedRun(
  path: string,
  { out: asked, skipImpossible }: { readonly out?: string; readonly skipImpossible?: true } = {},
): Promise<NamedPlan> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return { run: await loadPlan(path), out: path };
  const read = { ...runDefaults, ...readConfig(path) };
  const { out = join("results", "local", folderNameOf(read)), ...config } = {
    ...read,
    ...(asked === undefined ? {} : { out: asked }),
    ...(plugins().length === 0 ? {} : { plugins: plugins().map(({ version }) => version) }),
  };
  if (holdsPlan(out)) {
    const run = await loadPlan(out);
    if (JSON.stringify(run.config) === JSON.stringify(config)) return { run, out };
  }
  return { run: { plan: possible(configuredPlan(read), skipImpossible), config }, out };
}
