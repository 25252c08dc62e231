import { placedCost } from "../attention/spec.ts";
import { costOfReads } from "../core/cost.ts";
import { kvDtypeBytes } from "../core/dtype.ts";
import type { Seen } from "../reader/reading.ts";
import { parseTask } from "../tasks/spec.ts";
import type { Score } from "../tasks/task.ts";
import { version } from "../version.ts";
import type { TrialRow } from "./columns.ts";
import type { Settled } from "./settle.ts";
import { trialId } from "./trial.ts";

/** The outcome of a trial. A variant that does not fit its budget has only the length. */
export interface Concluded {
  /** tokens of the prompt */
  readonly tokens: number;
  readonly graded?: Score;
  readonly seen?: Seen;
}

/** Makes the row of a trial from its outcome. */
export function makeRow({ trial, spec, reader }: Settled, { tokens, graded, seen }: Concluded): TrialRow {
  const { task, params, spec: taskSpec } = parseTask(trial.task);
  const shape = {
    tokens,
    queryHeads: reader.kvHeads * reader.groupSize,
    kvHeads: reader.kvHeads,
    headDim: reader.headDim,
    bytesPerElement: kvDtypeBytes[reader.kvDtype],
  };
  const cost = costOfReads(placedCost(spec, shape), reader.reads);
  const { flops, keptBytes, indexKeptBytes, kvReadBytes, indexReadBytes } = cost;
  const { stateBytes, farKeptBytes, farReadBytes } = cost;
  return {
    id: trialId(trial),
    task: taskSpec,
    benchmark: task.published?.(params) ?? taskSpec,
    variant: trial.variant,
    resolved: spec.resolved,
    family: spec.variant.family,
    tokensNominal: trial.tokens,
    tokens,
    seed: trial.seed,
    trial: trial.trial,
    score: graded?.score ?? null,
    exact: graded?.exact ?? null,
    goldMass: seen?.goldMass ?? null,
    recall: seen?.recall ?? null,
    entropy: seen?.entropy ?? null,
    queries: seen?.queries ?? null,
    tokensRead: seen?.tokensRead ?? null,
    keptBytes,
    indexKeptBytes,
    kvReadBytes,
    indexReadBytes,
    stateBytes,
    farKeptBytes,
    farReadBytes,
    flops,
    ...reader,
    budget: trial.budget?.text ?? "",
    system: trial.budget?.system ?? "",
    model: trial.budget?.model ?? "",
    users: trial.budget?.users ?? null,
    budgetParam: trial.budget?.param ?? "",
    budgetValue: String(trial.budget?.value ?? ""),
    fits: trial.budget?.fits ?? true,
    short: trial.budget?.short ?? "",
    mode: trial.mode,
    engine: trial.mode === "numerics" ? trial.engine : "",
    version,
  };
}
