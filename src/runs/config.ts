import { extname } from "node:path";
import { z } from "zod";
import { ImpossibleError, didYouMean, UsageError, unknownName } from "../core/errors.ts";
import { parseBudget } from "../deployment/budget.ts";
import { defaultEngine, engineNames } from "../engines/registry.ts";
import { parseJson } from "../core/json.ts";
import { splitList } from "../core/list.ts";
import { wrongIn } from "../files/checked.ts";
import { readText } from "../files/files.ts";
import { modelOf, systemOf } from "../files/machines.ts";
import { parseYaml } from "../files/yaml.ts";
import { readerParams } from "../reader/params.ts";
import { modes } from "../trial/trial.ts";
import type { Mode, Trial } from "../trial/trial.ts";
import { makeTrial } from "../trial/make-trial.ts";
import { hashOf } from "./manifest.ts";
import { planOf } from "./plan.ts";
import type { ImpossibleCell, Plan } from "./plan.ts";

/** The mode of a name; undefined for an unknown one. "theory" is the former name of the mean field. */
export const modeOf = (name: unknown): Mode | undefined =>
  modes.find((mode) => mode === (name === "theory" ? "mean-field" : name));

const text = z.string();
const texts = z.union([text, z.array(text)]);
const lengths = z.union([text, z.number(), z.array(z.union([text, z.number()]))]);
const count = z.int().min(1);

/** Keys of a configuration file: the options of `attnsim run` in camelCase. */
const schema = z.strictObject({
  task: texts.optional(),
  variant: texts.optional(),
  tokens: lengths.optional(),
  budget: texts.optional(),
  trials: count.optional(),
  seed: z.int().min(0).optional(),
  engine: text.optional(),
  mode: z.preprocess((name) => modeOf(name) ?? name, z.enum(modes).optional()),
  workers: count.optional(),
  threads: count.optional(),
  memoryGb: z.number().positive().optional(),
  out: text.optional(),
  ...(Object.fromEntries(
    Object.keys(readerParams).map((name) => [name, z.union([z.number(), text]).optional()]),
  ) as Record<keyof typeof readerParams, z.ZodOptional<z.ZodUnion<[z.ZodNumber, z.ZodString]>>>),
});

export type RunConfig = z.infer<typeof schema>;

/** Options of a run that neither a configuration nor a command line gives. */
export const runDefaults = { trials: 5, seed: 0, engine: defaultEngine, mode: "numerics" } as const;

/**
 * Reads a configuration file in YAML or JSON.
 *
 * @throws UsageError for a file that cannot be read or parsed, an unknown key, or a value of the wrong kind
 */
export function readConfig(path: string): RunConfig {
  const text = readText(path);
  return checkConfig(
    path,
    extname(path) === ".json" ? parseJson(text, path) : parseYaml(text, path, "YAML or JSON"),
  );
}

/**
 * Checks a configuration.
 *
 * @param where the source of the configuration, for error messages: a file or the command line
 * @throws UsageError for an unknown key or a value of the wrong kind
 */
export function checkConfig(where: string, value: unknown): RunConfig {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const issue = error.issues[0]!;
  if (issue.code === "unrecognized_keys")
    throw new UsageError(
      `${where}: unknown key "${issue.keys[0]!}"; known: ${Object.keys(schema.shape).join(", ")}${didYouMean(issue.keys[0]!, Object.keys(schema.shape))}`,
    );
  throw new UsageError(`${where}: ${wrongIn(error)}`);
}

/**
 * The plan of a run: every variant on every task at every length.
 *
 * @throws UsageError for a configuration without a task, a variant or a length
 */
export function configuredPlan(config: RunConfig): Plan {
  const impossible = new Map<string, ImpossibleCell>();
  const plan = planOf("run", questionOf(config), trialsOf(config, impossible));
  return { ...plan, impossible: [...impossible.values()] };
}

/** Settings that a run may change without asking another question. */
const unasked: ReadonlySet<string> = new Set(["trials", "workers", "threads", "memoryGb", "out"]);

/**
 * A folder name for a run: its tasks, variants and lengths, and a hash of all that it asks for. More trials of the same
 * question have the same name.
 */
export function folderNameOf(config: RunConfig): string {
  const { task, variant, tokens } = config;
  const parts = Object.entries({ tasks: task, variants: variant, lengths: tokens }).map(([what, value]) => {
    const items = listOf<string | number>(value);
    const text = items.length > mostInName ? `${items.length}-${what}` : items.join("-");
    return text.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^-|-$/g, "");
  });
  const asked = Object.entries(config).filter(([key, value]) => value !== undefined && !unasked.has(key));
  const hash = hashOf(JSON.stringify(asked.sort(([a], [b]) => (a < b ? -1 : 1))));
  return [...parts, hash.slice(0, 6)].join("-");
}

/** Items of a list that stand in the name of a folder; more are counted. */
const mostInName = 3;

/** The items of a list, which may be one text with commas. */
const listOf = <T extends string | number>(value: T | readonly T[] | undefined): readonly T[] =>
  allOf(value).flatMap((item) => (typeof item === "string" ? (splitList(item) as T[]) : [item]));

/** One value or several, as a list. */
const allOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** The question above the figures. It names the variants and tasks, or counts them if there are more than `mostNamed`. */
export const questionOf = ({ task, variant }: RunConfig): string => {
  const [variants, tasks] = [listOf(variant), listOf(task)];
  const on = named(tasks, "tasks");
  return variants.length > mostNamed
    ? `How do ${variants.length} variants do on ${on}?`
    : `How ${variants.length > 1 ? "do" : "does"} ${[variants.slice(0, -1).join(", "), ...variants.slice(-1)].filter(Boolean).join(" and ")} do on ${on}?`;
};

const mostNamed = 8;

const named = (list: readonly string[], what: string): string =>
  list.length > mostNamed ? `${list.length} ${what}` : list.join(", ");

/** Trials of a run at most: a plan is held in memory. */
const mostTrials = 1_000_000;

/** Finds systems and models among entries and files of the user's own. */
const ownMachines = { system: systemOf, model: modelOf };

/** Trials in the order task, length, budget, problem, variant, so that trials of one problem are neighbours. */
function* trialsOf(config: RunConfig, impossible: Map<string, ImpossibleCell>): Generator<Trial> {
  const { seed = 0, trials = 1, mode = "numerics", engine = defaultEngine } = config;
  const [tasks, variants, lengths] = [listOf(config.task), listOf(config.variant), listOf(config.tokens)];
  const asked = tasks.length * variants.length * lengths.length * allOf(config.budget ?? "").length * trials;
  if (asked > mostTrials) throw new UsageError(`a run has at most ${mostTrials} trials; got ${asked}`);
  if (!engineNames.includes(engine)) unknownName("engine", engine, engineNames);
  for (const [name, list] of Object.entries({ task: tasks, variant: variants, tokens: lengths }))
    if (list.length === 0)
      throw new UsageError(`a run needs --task, --variant and --tokens; --${name} is missing`);
  const reader = Object.fromEntries(
    Object.keys(readerParams).flatMap((name) => {
      const value = config[name as keyof typeof readerParams];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const budgets =
    config.budget === undefined
      ? [{}]
      : allOf(config.budget).map((text) => ({ budget: parseBudget(text, ownMachines) }));
  for (const task of tasks)
    for (const tokens of lengths)
      for (const budget of budgets)
        for (let trial = 0; trial < trials; trial++)
          for (const variant of variants)
            try {
              yield makeTrial({ task, variant, tokens, trial, seed, mode, engine, reader, ...budget });
            } catch (error) {
              if (!(error instanceof ImpossibleError)) throw error;
              const cell = `${task}, ${variant}`;
              const trials = (impossible.get(cell)?.trials ?? 0) + 1;
              impossible.set(cell, { cell, reason: error.message, trials });
            }
}
