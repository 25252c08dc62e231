import { parseShaping, parseSpec } from "../attention/spec.ts";
import { UsageError, unknownName } from "../core/errors.ts";
import { parseLength } from "../core/length.ts";
import { parseBudget } from "../deployment/budget.ts";
import type { Budget } from "../deployment/budget.ts";
import { fitBudget } from "../deployment/fit-budget.ts";
import { defaultEngine, engineNames } from "../engines/registry.ts";
import { whyNoMeanField } from "../reader/mean-field/heads.ts";
import { requireMeanField } from "../reader/mean-field/read.ts";
import { parseGeometry } from "../reader/geometry/geometry.ts";
import { readerParams, resolveReader } from "../reader/params.ts";
import { parseTask } from "../tasks/spec.ts";
import { plugins } from "./plugins.ts";
import { useOf } from "./settle.ts";
import type { MeanFieldTrial, Mode, NumericTrial, Trial } from "./trial.ts";

/** A trial as a user writes it: specs as text, and defaults left out. */
export interface TrialOptions {
  /** task spec: `graphwalks(operation=parents)` */
  readonly task: string;
  /** attention variant spec: `dsa(k=2048)+fp8` */
  readonly variant: string;
  /** nominal context: 131072, "128K", "1M" */
  readonly tokens: number | string;
  /** number of the problem among those of this seed, from 0; default: 0 */
  readonly trial?: number;
  /** default: 0 */
  readonly seed?: number;
  /** default: numerics */
  readonly mode?: Mode;
  /** engine of the numerics; default: wasm. The mean field takes none. */
  readonly engine?: string;
  /** reader parameters that differ from their defaults */
  readonly reader?: Readonly<Record<string, number | string>>;
  /** budget that the variant is made to fit: `system=gb200-nvl72,model=deepseek-v3,users=300`, or as it was read */
  readonly budget?: string | Budget;
}

/**
 * Reads the specs of a trial, fills in its defaults, and fits its variant to its budget.
 *
 * @throws UsageError for an unknown task, variant, parameter or budget, or a value out of range
 */
export function makeTrial(options: TrialOptions & { readonly mode?: "numerics" }): NumericTrial;
export function makeTrial(options: TrialOptions & { readonly mode: "mean-field" }): MeanFieldTrial;
export function makeTrial(options: TrialOptions): Trial;
export function makeTrial(options: TrialOptions): Trial {
  const { variant, trial = 0, seed = 0, mode = "numerics", engine = defaultEngine } = options;
  const { reader = {}, budget } = options;
  const { task, spec } = parseTask(options.task);
  const tokens = parseLength(options.tokens, task.lengths);
  parseSpec(variant);
  const settled = resolveReader(reader);
  parseShaping(settled.logitShaping);
  parseGeometry(settled.geometry);
  if (mode === "mean-field") requireMeanField(spec, useOf({ variant, reader }), settled);
  else if (!engineNames.includes(engine)) unknownName("engine", engine, engineNames);
  for (const [name, value] of Object.entries({ trial, seed }))
    if (!Number.isSafeInteger(value) || value < 0)
      throw new UsageError(`${name} must be an integer >= 0; got ${value}`);
  const changed = Object.entries(settled).filter(
    ([name, value]) => value !== readerParams[name as keyof typeof readerParams].default,
  );
  return {
    task: spec,
    tokens,
    seed,
    trial,
    variant,
    reader: Object.fromEntries(changed),
    ...(mode === "numerics" ? { mode, engine } : { mode }),
    ...(plugins().length > 0 && { plugins: plugins().map(({ version }) => version) }),
    ...(budget === undefined ? {} : fitBudget(budgetOf(budget), variant, tokens, settled.reads)),
  };
}

const budgetOf = (budget: string | Budget): Budget =>
  typeof budget === "string" ? parseBudget(budget) : budget;

/** Whether trials in the mean field can have this variant spec. */
export const hasMeanField = (variant: string): boolean =>
  whyNoMeanField(useOf({ variant, reader: {} })) === undefined;
