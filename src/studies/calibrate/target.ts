import { UsageError, unknownName } from "../../core/errors.ts";
import { distinct } from "../../core/group.ts";
import { formatCall, parseExpression } from "../../core/spec.ts";
import type { PublishedScore } from "../../tasks/published.ts";
import { parseTask, tasks } from "../../tasks/spec.ts";
import type { AnyTask } from "../../tasks/task.ts";

/**
 * Default task specs of benchmarks. MRCR's request matches as a whole. With format and topic apart, MRCR's curve needs
 * logits so sharp that the reader walks graphs of 1M tokens, which GPT-5.4 does not (docs/model.md).
 */
export const defaultReadings = ["mrcr(keys=whole)"] as const;

/** Columns that are fitted by default. */
export const defaultFit = [
  "mrcr-v2-8needle:32K-64K",
  "mrcr-v2-8needle:64K-128K",
  "mrcr-v2-8needle:128K-256K",
  "mrcr-v2-8needle:256K-512K",
  "mrcr-v2-8needle:512K-1M",
  "graphwalks-bfs:256K",
] as const;

/** Task and nominal length of a target's trials. */
export interface TargetProblem {
  /** task spec */
  readonly task: string;
  readonly tokens: number;
}

/** A published column and the trials that simulate it. */
export interface TargetColumn {
  /** `mrcr-v2-8needle:128K-256K` */
  readonly name: string;
  readonly benchmark: string;
  readonly column: string;
  /** the published score, 0 to 1 */
  readonly published: number;
  /** longest of the lengths that the column covers */
  readonly tokens: number;
  /** trial t takes problem t modulo their number */
  readonly problems: readonly TargetProblem[];
}

/** Role of a column: fitted, or left out of the fit. */
export const columnRoles = ["fitted", "left out"] as const;

export type ColumnRole = (typeof columnRoles)[number];

/** Targets by their role. */
export type HalfTargets = Readonly<Record<ColumnRole, readonly TargetColumn[]>>;

/** A task that simulates a benchmark, with its parameters. */
interface BenchmarkTask {
  readonly task: AnyTask;
  readonly args: Readonly<Record<string, string>>;
}

/** Every combination of a task's choices, the defaults first. */
function combinations(task: AnyTask): Readonly<Record<string, string>>[] {
  return Object.entries(task.params).reduce<Readonly<Record<string, string>>[]>(
    (all, [name, spec]) =>
      spec.kind === "choice"
        ? [
            {},
            ...spec.choices.filter((value) => value !== spec.default).map((value) => ({ [name]: value })),
          ].flatMap((own) => all.map((args) => ({ ...args, ...own })))
        : all,
    [{}],
  );
}

/** The task whose problems a benchmark asks; undefined for a benchmark without one. */
function taskOf(benchmark: string): BenchmarkTask | undefined {
  for (const task of tasks) {
    const args = combinations(task)
      .sort((a, b) => Object.keys(a).length - Object.keys(b).length)
      .find((own) => task.published?.(parseTask(formatCall(task.name, own)).params) === benchmark);
    if (args) return { task, args };
  }
  return undefined;
}

/** Nominal lengths of a task that a column covers: one for a bin or a size, several for a range of sizes. */
function lengthsWithin(
  { lengths, binned = false }: AnyTask,
  { low, high }: PublishedScore["tokens"],
): number[] {
  return low === high || binned ? [high] : lengths.filter((length) => length > low && length <= high);
}

/**
 * Published columns of a model, with the trials that simulate them.
 *
 * @param readings task specs with parameters for the benchmarks that they simulate: `mrcr(keys=whole)`
 * @throws UsageError for a model without scores, an unknown task or parameter, or a task without published scores
 */
export function targetsOf(
  scores: readonly PublishedScore[],
  model: string,
  readings: readonly string[] = [],
): TargetColumn[] {
  const comparable = scores.filter(({ metric }) => metric !== "other");
  const models = distinct(comparable.map((score) => score.model));
  if (!models.includes(model)) unknownName("model with published scores", model, models);
  const given = readings.map((text) => {
    parseTask(text);
    return parseExpression(text);
  });
  const byBenchmark = new Map(
    distinct(comparable.map(({ benchmark }) => benchmark)).map((name) => [name, taskOf(name)]),
  );
  const known = [...byBenchmark.values()].filter((each) => each !== undefined);
  const names = distinct(known.map(({ task }) => task.name));
  for (const { name } of given)
    if (!names.includes(name)) unknownName("task with published scores", name, names);
  return comparable
    .filter((score) => score.model === model)
    .flatMap(({ benchmark, column, score, tokens }) => {
      const asked = byBenchmark.get(benchmark);
      if (!asked) return [];
      const args = given
        .filter(({ name, args: own }) => name === asked.task.name && isMeantFor(own, asked, known))
        .reduce((all, { args: own }) => ({ ...all, ...own }), asked.args);
      const { spec } = parseTask(formatCall(asked.task.name, args));
      return [
        {
          name: `${benchmark}:${column}`,
          benchmark,
          column,
          published: score,
          tokens: tokens.high,
          problems: lengthsWithin(asked.task, tokens).map((length) => ({ task: spec, tokens: length })),
        },
      ];
    });
}

/** True if given arguments agree with the arguments that tell the benchmarks of a task apart. */
function isMeantFor(
  given: BenchmarkTask["args"],
  { task, args }: BenchmarkTask,
  all: readonly BenchmarkTask[],
): boolean {
  const telling = all.filter((other) => other.task === task).flatMap((other) => Object.keys(other.args));
  const own = (name: string): unknown => args[name] ?? task.params[name]!.default;
  return telling.every((name) => (given[name] ?? own(name)) === own(name));
}

/**
 * Targets by name: `mrcr-v2-8needle:32K-64K` names one, `mrcr-v2-8needle` names all columns of a benchmark.
 *
 * @param names of targets; default: those of `defaultFit`
 * @throws UsageError for a name of no target, and without targets
 */
export function chooseTargets(
  targets: readonly TargetColumn[],
  names: readonly string[] = targets.map(({ name }) => name).filter((name) => isDefault.has(name)),
): TargetColumn[] {
  const chosen = new Set(
    names.flatMap((asked) => {
      const found = targets.filter(({ name, benchmark }) => name === asked || benchmark === asked);
      return found.length > 0
        ? found
        : unknownName(
            "column",
            asked,
            targets.map(({ name }) => name),
          );
    }),
  );
  if (chosen.size === 0) throw new UsageError("no columns are chosen to fit");
  return targets.filter((target) => chosen.has(target));
}

const isDefault: ReadonlySet<string> = new Set(defaultFit);

/** Problem of a target's trial. */
export const problemOf = ({ problems }: TargetColumn, trial: number): TargetProblem =>
  problems[trial % problems.length]!;
