import type { VariantUse } from "../../attention/variant.ts";
import { UsageError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { parseTask } from "../../tasks/spec.ts";
import type { Score } from "../../tasks/task.ts";
import type { ReaderParams } from "../params.ts";
import type { Seen } from "../reading.ts";
import { MeanFieldAttention } from "./attention.ts";
import { readDrawnConversation } from "./drawn-conversation.ts";
import { walkDrawnGraph } from "./drawn-graph.ts";
import { whyNoMeanField } from "./heads.ts";

/** A problem of the mean field: drawn from the outline of a task, without a text. */
export interface MeanFieldProblem {
  /** task spec */
  readonly task: string;
  /** nominal context tokens */
  readonly tokens: number;
  /** name of the trial's random streams: the same name gives the same trial */
  readonly seed: string;
}

/** Score of a trial in the mean field, and what its queries saw. */
export interface MeanFieldOutcome extends Score {
  /** tokens of the prompt */
  readonly tokens: number;
  readonly seen: Seen;
}

/**
 * Reads one problem in the mean field: draws it, the attention to it, and the noise on what is read out.
 *
 * @throws UsageError for a task or a variant that has no mean field, with the reason
 */
export function readMeanField(
  { task: taskSpec, tokens, seed }: MeanFieldProblem,
  use: VariantUse,
  reader: ReaderParams,
): MeanFieldOutcome {
  const { task, params } = parseTask(taskSpec);
  requireMeanField(taskSpec, use);
  // the stream keeps its first name: another one would draw every committed row anew
  const random = new Random(`${seed}/theory`);
  const outline = task.outline!(tokens, params, random);
  const attention = new MeanFieldAttention(use, reader);
  const trial = { reader, attention, random: random.fork("trial") };
  const score =
    outline.kind === "graph-walk" ? walkDrawnGraph(outline, trial) : readDrawnConversation(outline, trial);
  return { ...score, tokens: outline.tokens, seen: attention.seen() };
}

/** @throws UsageError for a task or a variant, with these settings, that has no mean field */
export function requireMeanField(taskSpec: string, use: VariantUse): void {
  const { task } = parseTask(taskSpec);
  if (task.outline === undefined) throw new UsageError(`the task ${task.name} has no mean field`);
  const reason = whyNoMeanField(use);
  if (reason !== undefined) throw new UsageError(`the variant has no mean field: ${reason}`);
}
