import { join } from "node:path";
import { groupBy } from "../../core/group.ts";
import { planOf } from "../../runs/plan.ts";
import type { Watch } from "../../runs/watch.ts";
import { parseTask } from "../../tasks/spec.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import { trialId } from "../../trial/trial.ts";
import type { NumericTrial } from "../../trial/trial.ts";
import { predict } from "./compare.ts";
import type { ComparedScore } from "./compare.ts";
import type { ExpressedScore } from "./express.ts";

/** A reader of the comparison: parameters that differ from the defaults. */
export type AgreementReader = Readonly<Record<string, number | string>>;

/** Settings of the trials of a comparison. */
export interface SimulationSettings {
  /** name of the study */
  readonly name: string;
  readonly question: string;
  /** problems of each task */
  readonly trials: number;
  readonly seed: number;
  readonly engine: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  /** folder of the results; the trials' journal lies in its folder `trials`, so that a run goes on where it ended */
  readonly out: string;
}

/**
 * Runs rows with each of the readers. Every reader has the same problems.
 *
 * @returns the compared rows of each reader, in their orders
 * @throws Unfinished when trials are missing
 */
export async function simulate(
  rows: readonly ExpressedScore[],
  readers: readonly AgreementReader[],
  { name, question, out, workers, threads, ...settings }: SimulationSettings,
  watch: Watch,
): Promise<ComparedScore[][]> {
  const makers = readers.map((reader) => trialMaker(reader, settings));
  const plan = planOf(
    name,
    question,
    makers.flatMap((trialsOf) =>
      rows.flatMap(({ tasks, variant, tokens }) =>
        tasks.flatMap((task) => [...trialsOf(task, variant, tokens), ...trialsOf(task, "dense", tokens)]),
      ),
    ),
  );
  // the folder is this study's, whichever readers it had before
  const run = { out: join(out, "trials"), workers, threads, force: true };
  const finished = await watch.trials(plan, run);
  const scores = new Map(finished.map(({ id, score }) => [id, score ?? 0]));
  return makers.map((trialsOf) => {
    const of = (...cell: Parameters<typeof trialsOf>): number[] =>
      trialsOf(...cell).map((trial) => scores.get(trialId(trial))!);
    return rows.map((row) => {
      const trials = row.tasks.map((task) => ({
        task: parseTask(task).spec,
        variant: of(task, row.variant, row.tokens),
        dense: of(task, "dense", row.tokens),
      }));
      return { ...row, trials, predicted: predict(trials, row.measured.dense) };
    });
  });
}

/** Makes the trials of a cell; the same cell's are made once. */
function trialMaker(
  reader: AgreementReader,
  { trials, seed, engine }: Pick<SimulationSettings, "trials" | "seed" | "engine">,
) {
  const known = new Map<string, NumericTrial[]>();
  return (task: string, variant: string, tokens: number): readonly NumericTrial[] => {
    const key = `${task} ${variant} ${tokens}`;
    const made =
      known.get(key) ??
      Array.from({ length: trials }, (_, trial) =>
        makeTrial({ task, variant, tokens, trial, seed, engine, reader }),
      );
    known.set(key, made);
    return made;
  };
}

/** Scores of a cell that was run, of one task, variant and length. */
export interface SimulatedCell {
  readonly task: string;
  readonly variant: string;
  readonly tokens: number;
  /** by problem */
  readonly scores: readonly number[];
}

/** Cells that were run, each once. */
export const simulatedCells = (rows: readonly ComparedScore[]): SimulatedCell[] =>
  [
    ...groupBy(
      rows.flatMap(({ trials, variant, tokens }) =>
        trials.flatMap(({ task, variant: own, dense }): SimulatedCell[] => [
          { task, variant: "dense", tokens, scores: dense },
          { task, variant, tokens, scores: own },
        ]),
      ),
      ({ task, variant, tokens }) => `${task} ${variant} ${tokens}`,
    ).values(),
  ].map(([cell]) => cell!);
