import { distinct, groupBy } from "../../core/group.ts";
import { formatBytes } from "../../core/units.ts";
import { groupsOf } from "../../runs/plan.ts";
import type { ImpossibleCell, Plan } from "../../runs/plan.ts";
import { formatTable } from "./table.ts";

/** Trials of one task at one length. */
interface PlannedCell {
  readonly task: string;
  readonly tokens: number;
  readonly mode: string;
  readonly variants: number;
  readonly problems: number;
  readonly trials: number;
  /** peak memory of trials that share a problem; null in the mean field */
  readonly memoryBytes: number | null;
}

/** A plan for programs: its cells, and the ids of its trials in the order of the rows. */
export const planData = (plan: Plan, out: string) => ({
  out,
  cells: cellsOf(plan),
  impossible: plan.impossible ?? [],
  trials: plan.trials.map(({ id }) => id),
});

function cellsOf({ trials }: Plan): PlannedCell[] {
  return [
    ...groupBy(trials, ({ trial: { task, tokens, mode } }) => JSON.stringify([task, tokens, mode])),
  ].map(([, own]) => {
    const { task, tokens, mode } = own[0]!.trial;
    const groups = groupsOf(own);
    return {
      task,
      tokens,
      mode,
      variants: distinct(own.map(({ trial }) => trial.variant)).length,
      problems: distinct(own.map(({ trial }) => `${trial.seed} ${trial.trial}`)).length,
      trials: own.length,
      memoryBytes: groups.length === 0 ? null : Math.max(...groups.map(({ bytes }) => bytes)),
    };
  });
}

/** A plan for the terminal: its variants, a line a task and length, and what it needs. */
export function formatPlan(plan: Plan, out: string): string {
  const cells = cellsOf(plan);
  const variants = distinct(plan.trials.map(({ trial }) => trial.variant));
  const largest = Math.max(0, ...cells.map(({ memoryBytes }) => memoryBytes ?? 0));
  const fitted = distinct(
    plan.trials.flatMap(({ trial: { variant, budget, fitted: spec } }) =>
      budget === undefined ? [] : [`${variant}, ${budget.text}: ${budget.fits ? spec! : budget.short}`],
    ),
  );
  return [
    `variants: ${variants.join(", ")}`,
    ...(fitted.length > 0 ? ["", "fitted:", ...fitted.map((line) => `  ${line}`)] : []),
    "",
    formatTable(
      ["task", "tokens", "variants", "problems", "trials", "memory"],
      cells.map((cell) => [
        cell.mode === "mean-field" ? `${cell.task}, mean field` : cell.task,
        cell.tokens,
        cell.variants,
        cell.problems,
        cell.trials,
        cell.memoryBytes === null ? "-" : formatBytes(cell.memoryBytes),
      ]),
    ),
    "",
    `${plan.trials.length} trials for ${out}; the largest takes ${formatBytes(largest)} of memory`,
  ].join("\n");
}

/** Cells of a plan that cannot be run, a line each with the reason. */
export const formatImpossible = (cells: readonly ImpossibleCell[]): string =>
  cells.map(({ cell, reason, trials }) => `  ${cell} (${trials} trials): ${reason}`).join("\n");
