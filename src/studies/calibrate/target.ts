import { UsageError, unknownName } from "../../core/errors.ts";
import { formatCall, parseExpression } from "../../core/spec.ts";
import { mean } from "../../core/stats.ts";
import type { PublishedScore } from "../../tasks/published.ts";
import { parseTask, tasks } from "../../tasks/spec.ts";
import type { AnyTask } from "../../tasks/task.ts";

/**
 * How benchmarks are read unless a command says otherwise. A request known as a whole: with format and topic apart, only
 * sharper logits hold MRCR's curve, and a reader so sharp walks graphs of 1M tokens that GPT-5.4 does not (docs/model.md).
 */
export const defaultReadings = ["mrcr(keys=whole)"] as const;

/** Columns that are fitted unless a command says otherwise. */
export const defaultFit = [
  "mrcr-v2-8needle:32K-64K",
  "mrcr-v2-8needle:64K-128K",
  "mrcr-v2-8needle:128K-256K",
  "mrcr-v2-8needle:256K-512K",
  "mrcr-v2-8needle:512K-1M",
  "graphwalks-bfs:256K",
] as const;

/** A problem of a trial: its task and nominal length. */
export interface Cell {
  /** task spec */
  readonly task: string;
  readonly tokens: number;
}

/** A published column and the trials that stand for it. */
export interface Target {
  /** `mrcr-v2-8needle:128K-256K` */
  readonly name: string;
  readonly benchmark: string;
  readonly column: string;
  /** the published score, 0 to 1 */
  readonly published: number;
  /** upper end of the lengths that the column stands for */
  readonly tokens: number;
  /** trial t has the problem t of cell t modulo their number */
  readonly cells: readonly Cell[];
}

/** A task that stands for a benchmark, and the parameters that make it do so. */
interface Stand {
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

/** The task of the catalog whose problems a benchmark has; undefined where none stands for it. */
function standFor(benchmark: string): Stand | undefined {
  for (const task of tasks) {
    const args = combinations(task)
      .sort((a, b) => Object.keys(a).length - Object.keys(b).length)
      .find((own) => task.published?.(parseTask(formatCall(task.name, own)).params) === benchmark);
    if (args) return { task, args };
  }
  return undefined;
}

/** Nominal lengths of a task within those of a column: a bin or a size, or all sizes that a range holds. */
function lengthsWithin(
  { lengths, binned = false }: AnyTask,
  { low, high }: PublishedScore["tokens"],
): number[] {
  return low === high || binned ? [high] : lengths.filter((length) => length > low && length <= high);
}

/**
 * The columns of a model that compare with simulated scores, as trials.
 *
 * @param readings task specs: each sets parameters of the benchmarks that its task stands for, `mrcr(keys=whole)`
 * @throws UsageError for a model without scores, an unknown task or parameter, or a task that stands for no benchmark
 */
export function targetsOf(
  scores: readonly PublishedScore[],
  model: string,
  readings: readonly string[] = [],
): Target[] {
  const comparable = scores.filter(({ metric }) => metric !== "other");
  const models = [...new Set(comparable.map((score) => score.model))];
  if (!models.includes(model)) unknownName("model with published scores", model, models);
  const given = readings.map((text) => {
    parseTask(text);
    return parseExpression(text);
  });
  const stands = new Map(
    [...new Set(comparable.map(({ benchmark }) => benchmark))].map((name) => [name, standFor(name)]),
  );
  const known = [...stands.values()].filter((stand) => stand !== undefined);
  const standing = [...new Set(known.map(({ task }) => task.name))];
  for (const { name } of given)
    if (!standing.includes(name)) unknownName("task with published scores", name, standing);
  return comparable
    .filter((score) => score.model === model)
    .flatMap(({ benchmark, column, score, tokens }) => {
      const stand = stands.get(benchmark);
      if (!stand) return [];
      const args = given
        .filter(({ name, args: own }) => name === stand.task.name && agrees(own, stand, known))
        .reduce((all, { args: own }) => ({ ...all, ...own }), stand.args);
      const { spec } = parseTask(formatCall(stand.task.name, args));
      return [
        {
          ...{ name: `${benchmark}:${column}`, benchmark, column, published: score, tokens: tokens.high },
          cells: lengthsWithin(stand.task, tokens).map((length) => ({ task: spec, tokens: length })),
        },
      ];
    });
}

/** Whether arguments are meant for a stand: those that tell stands of its task apart are its own. */
function agrees(given: Stand["args"], { task, args }: Stand, all: readonly Stand[]): boolean {
  const telling = all.filter((other) => other.task === task).flatMap((other) => Object.keys(other.args));
  return telling.every((name) => (given[name] ?? own(name)) === own(name));

  function own(name: string): unknown {
    return args[name] ?? task.params[name]!.default;
  }
}

/**
 * The targets that names choose: `mrcr-v2-8needle:32K-64K`, or `mrcr-v2-8needle` for all of a benchmark.
 *
 * @param names those of `defaultFit` that there are when absent
 * @throws UsageError for a name that chooses none
 */
export function chooseTargets(
  targets: readonly Target[],
  names: readonly string[] = targets.map(({ name }) => name).filter((name) => isDefault.has(name)),
): Target[] {
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

/** Trial t of a target. */
export const cellOf = ({ cells }: Target, trial: number): Cell => cells[trial % cells.length]!;

/** Mean distance between scores and what was published, 0 to 1. */
export const meanError = (scores: readonly number[], targets: readonly Target[]): number =>
  mean(scores.map((score, i) => Math.abs(score - targets[i]!.published)));
