import { gradedTables } from "../../src/runs/summary.ts";
import { formatScores } from "../../src/cli/print/scores.ts";
import { trialsOf } from "./results/data.ts";

/** The command that lists the trials of `npm start` without running them. */
export const startPlan = "npx tsx experiments/length-sweep.ts --dry-run --json";

/**
 * The tables that `npm start` prints. Its trials are a part of those of results/length-sweep, under the same ids.
 *
 * @param plan what `startPlan` prints: JSON with the ids of its trials
 * @throws Error when the committed results lack a trial of the plan
 */
export function startOutput(plan: string): string {
  const { trials: ids } = JSON.parse(plan) as { readonly trials: readonly string[] };
  const rows = new Map(trialsOf("length-sweep").map((row) => [row.id, row]));
  const own = ids.map((id) => rows.get(id));
  const known = own.filter((row) => row !== undefined);
  if (ids.length === 0 || known.length < ids.length)
    throw new Error(`results/length-sweep has ${known.length} of the ${ids.length} trials of npm start`);
  return gradedTables(known).map(formatScores).join("\n\n");
}
