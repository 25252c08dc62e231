import { Random } from "../../core/random.ts";
import { parseTask } from "../../tasks/spec.ts";
import type { Score } from "../../tasks/task.ts";
import { UsageError } from "../../core/errors.ts";
import type { ReaderParams } from "../params.ts";
import { MeanFieldAttention } from "./attend.ts";
import type { Seen } from "./attend.ts";
import { countInTheory } from "./count-retrieve.ts";
import { walkInTheory } from "./graph-walk.ts";
import { withoutTheory } from "./readings.ts";
import type { TheoryUse } from "./readings.ts";

/** What theory makes of a trial, in the numerics' terms. */
export interface TheoryOutcome extends Score {
  readonly tokens: number;
  readonly seen: Seen;
}

/**
 * Draws one trial of a task in the mean field: no text, no keys, no values; the same name of streams gives the same trial.
 *
 * @throws UsageError where the task or the variant has no theory, with the reason
 */
export function theorise(
  { task: taskSpec, tokens, seed }: { task: string; tokens: number; seed: string },
  use: TheoryUse,
  reader: ReaderParams,
): TheoryOutcome {
  const { task, params } = parseTask(taskSpec);
  checkTheory(taskSpec, use);
  const random = new Random(`${seed}/theory`);
  const outline = task.outline!(tokens, params, random);
  const attention = new MeanFieldAttention(use, reader);
  const drawing = random.fork("trial");
  const score =
    outline.kind === "graph-walk"
      ? walkInTheory(outline, reader, attention, drawing)
      : countInTheory(outline, reader, attention, drawing);
  return { ...score, tokens: outline.tokens, seen: attention.seen() };
}

/** @throws UsageError where the task or the variant, so set, has no mean-field theory */
export function checkTheory(taskSpec: string, use: TheoryUse): void {
  const { task } = parseTask(taskSpec);
  if (task.outline === undefined) throw new UsageError(`no mean-field theory of the task ${task.name}`);
  const reason = withoutTheory(use);
  if (reason !== undefined) throw new UsageError(`no mean-field theory of the variant: ${reason}`);
}
