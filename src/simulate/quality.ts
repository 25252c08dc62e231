import { dense } from "../attention/dense.ts";
import { attendShaped, prepareShaped } from "../attention/shaping.ts";
import { parseSpec } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import type { AnyVariant, KeyValueCache } from "../attention/variant.ts";
import type { StepCost } from "../core/cost.ts";
import type { AnyParams } from "../core/params.ts";
import { unmeasured } from "../core/profile.ts";
import type { Measure, Profile } from "../core/profile.ts";
import { kvDtypeBytes } from "../kernels/ops.ts";
import type { Ops } from "../kernels/ops.ts";
import { resolveReader } from "../reader/params.ts";
import type { ReaderParams } from "../reader/params.ts";
import { read } from "../reader/reader.ts";
import type { Attend, Mechanism, Outcome } from "../reader/reader.ts";
import { drawProblem, parseTask } from "../tasks/spec.ts";
import type { Problem } from "../tasks/task.ts";
import { countTokens } from "../tasks/tokenizer.ts";
import { version } from "../version.ts";
import type { TrialRow } from "./columns.ts";
import { trialId } from "./trial.ts";
import type { Trial } from "./trial.ts";

/** A trial with its spec read and the reader's parameters settled: what the spec says goes before the defaults. */
interface Settled {
  readonly trial: Trial;
  readonly spec: AttentionSpec;
  readonly reader: ReaderParams;
}

function settle(trial: Trial): Settled {
  const spec = parseSpec(trial.fitted ?? trial.variant);
  const reader = resolveReader(trial.reader);
  return {
    trial,
    spec,
    reader: {
      ...reader,
      kvDtype: spec.kvDtype ?? reader.kvDtype,
      logitShaping: spec.logitShaping ?? reader.logitShaping,
    },
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
    const row = measureFor(settled)("score", () => makeRow(settled, problem, outcome));
    onRow(settled.trial, row, clock() - since);
    since = clock();
  };
  const seed = `${first.seed}/${first.task}/${first.tokens}/${first.trial}`;
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
    const outcomes = read(
      problem,
      sharing[0]!.reader,
      ops,
      seed,
      sharing.map((each) => mechanism(each, ops, measureFor(each))),
      shared,
    );
    for (const each of sharing) finish(each, problem, outcomes.next().value as Outcome);
  }
}

/** The variant of a spec at work: prefill goes through it, or through dense attention where the source says so. */
function mechanism({ spec: { variant, params }, reader }: Settled, ops: Ops, measure: Measure): Mechanism {
  const shaping = reader.logitShaping;
  const attender = (of: AnyVariant, given: AnyParams, cache: KeyValueCache): Attend => {
    const index = lazily(() => measure("prepare", () => prepareShaped(of, cache, given, ops, shaping)));
    return (queries) => {
      const built = index();
      return measure("attend", () => attendShaped(of, queries, cache, built, given, ops, shaping));
    };
  };
  return {
    measure,
    over(cache) {
      const own = attender(variant, params, cache);
      const building = variant.prefill === "dense" ? attender(dense, {}, cache) : own;
      return (queries) => (queries.phase === "prefill" ? building(queries) : own(queries));
    },
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function makeRow({ trial, spec, reader }: Settled, problem: Problem, outcome: Outcome | undefined): TrialRow {
  const { task, params, spec: taskSpec } = parseTask(trial.task);
  const graded = outcome && problem.score(problem.respond(outcome.conclusion));
  const { flops, keptBytes, indexKeptBytes, kvReadBytes, indexReadBytes }: StepCost = spec.variant.cost(
    {
      tokens: problem.tokens,
      queryHeads: reader.kvHeads * reader.groupSize,
      kvHeads: reader.kvHeads,
      headDim: reader.headDim,
      bytesPerElement: kvDtypeBytes[reader.kvDtype],
    },
    spec.params,
  );
  const seen = outcome?.trace.means();
  return {
    id: trialId(trial),
    task: taskSpec,
    benchmark: task.published?.(params) ?? taskSpec,
    variant: trial.variant,
    resolved: spec.resolved,
    family: spec.variant.family,
    tokensNominal: trial.tokens,
    tokens: problem.tokens,
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
    flops,
    ...reader,
    budget: trial.budget?.text ?? "",
    budgetParam: trial.budget?.param ?? "",
    budgetValue: trial.budget?.value ?? "",
    fits: trial.budget?.fits ?? true,
    short: trial.budget?.short ?? "",
    engine: trial.engine,
    version,
  };
}
