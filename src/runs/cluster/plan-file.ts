import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseSpec } from "../../attention/spec.ts";
import { UsageError, unknownName } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { engineNames } from "../../engines/registry.ts";
import { checked } from "../../files/checked.ts";
import { readText, writeAtomic } from "../../files/files.ts";
import { resolveReader } from "../../reader/params.ts";
import { parseTask } from "../../tasks/spec.ts";
import { plugins } from "../../trial/plugins.ts";
import { modes, trialId } from "../../trial/trial.ts";
import type { Trial } from "../../trial/trial.ts";
import { version } from "../../version.ts";
import type { Plan } from "../plan.ts";
import { loadPlugin } from "../plugins.ts";

/** A plan with the settings that its results are written with. */
export interface PlannedRun {
  readonly plan: Plan;
  /** the settings as the user gave them, for the manifest */
  readonly config: object;
  /** figures to draw (default: all that the rows can show) */
  readonly figures?: readonly string[] | undefined;
  /** variant spec that others are compared with */
  readonly reference?: string | undefined;
}

const file = "plan.json";

const schema = z.object({
  version: z.string(),
  name: z.string(),
  question: z.string(),
  config: z.record(z.string(), z.unknown()),
  figures: z.array(z.string()).optional(),
  reference: z.string().optional(),
  plugins: z.array(z.object({ path: z.string(), version: z.string() })),
  impossible: z.array(z.object({ cell: z.string(), reason: z.string(), trials: z.number() })).optional(),
  trials: z.array(
    z.object({
      id: z.string(),
      trial: z.looseObject({
        task: z.string(),
        variant: z.string(),
        fitted: z.string().optional(),
        tokens: z.int().min(1),
        seed: z.int().min(0),
        trial: z.int().min(0),
        reader: z.record(z.string(), z.union([z.number(), z.string()])),
        mode: z.enum(modes),
        engine: z.string().optional(),
      }),
    }),
  ),
});

/** Whether a folder holds a plan. */
export const holdsPlan = (folder: string): boolean => existsSync(join(folder, file));

/**
 * Writes a plan into the folder of its results, so that other processes and machines run shares of it.
 *
 * @throws UsageError for a folder that holds a plan with trials that this one does not have, unless `force`
 */
export function savePlan(
  folder: string,
  { plan, config, figures, reference }: PlannedRun,
  { force = false } = {},
): void {
  const { name, question, impossible, trials } = plan;
  const text = `${JSON.stringify({
    version,
    name,
    question,
    config,
    figures,
    reference,
    plugins: plugins(),
    impossible,
    trials,
  })}\n`;
  const path = join(folder, file);
  if (holdsPlan(folder)) {
    const before = readText(path);
    if (before === text) return;
    const own = new Set(trials.map(({ id }) => id));
    const others = parsePlan(path, before).trials.filter(({ id }) => !own.has(id)).length;
    if (others > 0 && !force)
      throw new UsageError(
        `${path} holds ${others} trials that this plan does not ask for; give another --out, or --force to write over it`,
      );
  }
  writeAtomic(path, text);
}

/**
 * Reads the plan of a folder of results, and loads the plugins that it was made with.
 *
 * @throws UsageError for a folder without a plan, and for a plan of another version or of plugins that have changed
 */
export async function loadPlan(folder: string): Promise<PlannedRun> {
  const path = join(folder, file);
  const saved = parsePlan(path, readText(path));
  for (const plugin of saved.plugins) {
    await loadPlugin(plugin.path);
    const now = plugins().find((loaded) => loaded.path === plugin.path)?.version;
    if (now !== plugin.version)
      throw new UsageError(
        `${path} was made with ${plugin.version}; ${plugin.path} is now ${now ?? "missing"}`,
      );
  }
  const trials = saved.trials.map(({ id, trial }) => ({
    id,
    trial: knownTrial(`${path}: trial ${id}`, trial),
  }));
  const changed = trials.find(({ id, trial }) => trialId(trial) !== id);
  if (changed !== undefined)
    throw new UsageError(
      `${path}: trial ${changed.id} is not what its id says; ` +
        `the plan was made by attnsim ${saved.version}, and this is ${version}`,
    );
  const { name, question, impossible = [], config, figures, reference } = saved;
  return { plan: { name, question, trials, impossible }, config, figures, reference };
}

/** A trial of a plan's file. @throws UsageError for a task, variant, reader or engine that is not known */
function knownTrial(where: string, trial: z.infer<typeof schema>["trials"][number]["trial"]): Trial {
  const { task, variant, fitted, reader, mode, engine } = trial;
  try {
    parseTask(task);
    for (const spec of [variant, fitted ?? variant]) parseSpec(spec);
    resolveReader(reader);
    if (mode === "numerics" && !engineNames.includes(engine ?? ""))
      unknownName("engine", engine ?? "", engineNames);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${where}: ${error.message}`);
    throw error;
  }
  return trial as unknown as Trial;
}

const parsePlan = (path: string, text: string): z.infer<typeof schema> =>
  checked(schema, parseJson(text, path), `${path} is no plan`);
