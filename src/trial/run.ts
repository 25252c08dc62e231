import { attender } from "../attention/attender.ts";
import type { VariantUse } from "../attention/variant.ts";
import type { ShapingUse } from "../attention/shaping.ts";
import { parseShaping, parseSpec, placedCost } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import { costOfReads } from "../core/cost.ts";
import { unmeasured } from "../core/profile.ts";
import type { Measure, Profile } from "../core/profile.ts";
import { kvDtypeBytes } from "../engines/ops.ts";
import type { Ops } from "../engines/ops.ts";
import { resolveReader } from "../reader/params.ts";
import type { ReaderParams } from "../reader/params.ts";
import type { Mechanism, Outcome } from "../reader/numerics/mechanism.ts";
import { readNumerics } from "../reader/numerics/read.ts";
import type { Seen } from "../reader/reading.ts";
import { drawProblem, parseTask } from "../tasks/spec.ts";
import type { Problem, Score } from "../tasks/task.ts";
import { countTokens } from "../tasks/parts/tokenizer.ts";
import { version } from "../version.ts";
import type { TrialRow } from "./columns.ts";
import { readMeanField } from "../reader/mean-field/read.ts";
import { theoryEngine, trialId } from "./trial.ts";
import type { Trial } from "./trial.ts";

/** A trial with its spec read and the reader's parameters settled: what the spec says goes before the defaults. */
interface Settled {
  readonly trial: Trial;
  readonly spec: AttentionSpec;
  readonly reader: ReaderParams;
  readonly shaping: ShapingUse;
}

/** A trial's variant with its parameters and shaping, as theory takes it. */
export function useOf(trial: Pick<Trial, "variant" | "fitted" | "reader">): VariantUse {
  const spec = parseSpec(trial.fitted ?? trial.variant);
  const shaping = spec.logitShaping ?? parseShaping(resolveReader(trial.reader).logitShaping);
  return { variant: spec.variant, params: spec.params, shaping };
}

function settle(trial: Trial): Settled {
  const spec = parseSpec(trial.fitted ?? trial.variant);
  const reader = resolveReader(trial.reader);
  const shaping = spec.logitShaping ?? parseShaping(reader.logitShaping);
  return {
    trial,
    spec,
    reader: { ...reader, kvDtype: spec.kvDtype ?? reader.kvDtype, logitShaping: shaping.text },
    shaping,
  };
}

/**
 * Runs trials that share a problem (`groupKey`): builds the problem once and the caches once per kv dtype, then
 * reads with each variant. Rows come as they are finished.
 *
 * @param clock seconds, for the time that each row took; the shared work counts to the first row that needed it
 * @param profile is told what the time goes to: work of one variant under its spec, shared work under no name
 */
export function runTrials(
  trials: readonly Trial[],
  ops: Ops,
  onRow: (trial: Trial, row: TrialRow, seconds: number) => void,
  clock: () => number,
  profile?: Profile,
): void {
  const first = trials[0];
  if (!first) return;
  let since = clock();
  const measureFor = ({ trial }: Settled): Measure => profile?.for(trial.variant) ?? unmeasured;
  const shared = profile?.for("") ?? unmeasured;
  const finish = (settled: Settled, problem: Problem, outcome: Outcome | undefined): void => {
    const row = measureFor(settled)("score", () => makeRow(settled, concludedOf(problem, outcome)));
    onRow(settled.trial, row, clock() - since);
    since = clock();
  };
  const seed = streamsOf(first);
  const count = (text: string): number => shared("tokenise", () => countTokens(text));
  const problem = shared("generate", () =>
    drawProblem(parseTask(first.task), first.tokens, first.seed, first.trial, count),
  );
  const settled = trials.map(settle);
  for (const unfit of settled.filter(({ trial }) => trial.budget?.fits === false))
    finish(unfit, problem, undefined);
  const fitting = settled.filter(({ trial }) => trial.budget?.fits !== false);
  for (const dtype of new Set(fitting.map(({ reader }) => reader.kvDtype))) {
    const sharing = fitting.filter(({ reader }) => reader.kvDtype === dtype);
    const outcomes = readNumerics({
      problem,
      params: sharing[0]!.reader,
      ops,
      seed,
      mechanisms: sharing.map((each) => mechanism(each, ops, measureFor(each))),
      measure: shared,
    });
    for (const each of sharing) finish(each, problem, outcomes.next().value as Outcome);
  }
}

/** Names the random streams of a trial's problem. */
export const streamsOf = ({
  seed,
  task,
  tokens,
  trial,
}: Pick<Trial, "seed" | "task" | "tokens" | "trial">): string => `${seed}/${task}/${tokens}/${trial}`;

/**
 * The rows of trials of engine "theory": expectations and draws in the mean field, no text, no keys, no values.
 *
 * @throws UsageError where a task or a variant has no theory
 */
export const theoryRow = (trial: Trial): TrialRow => {
  if (trial.engine !== theoryEngine) throw new Error(`a trial of theory, not of the engine ${trial.engine}`);
  const settled = settle(trial);
  const problem = { task: trial.task, tokens: trial.tokens, seed: streamsOf(trial) };
  const { tokens, score, exact, seen } = readMeanField(problem, useOf(trial), settled.reader);
  const fits = trial.budget?.fits !== false;
  return makeRow(settled, {
    tokens,
    ...(fits && { graded: { score, exact }, seen }),
  });
};

/** What a row says of a trial's outcome; nothing where its budget left it without one. */
interface Concluded {
  readonly tokens: number;
  readonly graded?: Score | undefined;
  readonly seen?: Seen | undefined;
}

const concludedOf = (problem: Problem, outcome: Outcome | undefined): Concluded => ({
  tokens: problem.tokens,
  graded: outcome && problem.score(problem.respond(outcome.conclusion)),
  seen: outcome?.seen,
});

const mechanism = (
  { spec: { variant, params }, shaping }: Settled,
  ops: Ops,
  measure: Measure,
): Mechanism => ({
  measure,
  over: (cache) => attender({ variant, params, shaping }, cache, ops, measure),
});

function makeRow({ trial, spec, reader }: Settled, { tokens, graded, seen }: Concluded): TrialRow {
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
    budgetParam: trial.budget?.param ?? "",
    budgetValue: String(trial.budget?.value ?? ""),
    fits: trial.budget?.fits ?? true,
    short: trial.budget?.short ?? "",
    engine: trial.engine,
    version,
  };
}
