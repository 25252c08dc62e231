import type { VariantUse } from "../../attention/variant.ts";
import { ImpossibleError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import type { Outline } from "../../tasks/outline.ts";
import { parseTask } from "../../tasks/spec.ts";
import type { Score } from "../../tasks/task.ts";
import { parseGeometry } from "../geometry/geometry.ts";
import { resolveReader } from "../params.ts";
import type { ReaderParams } from "../params.ts";
import type { Seen } from "../reading.ts";
import { MeanFieldAttention } from "./attention.ts";
import { readDrawnConversation } from "./drawn-conversation.ts";
import { walkDrawnGraph } from "./drawn-graph.ts";
import { DrawnSpelling } from "./drawn-spelling.ts";
import { readDrawnText, whyNotOfText } from "./drawn-text.ts";
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
 * @throws ImpossibleError for a task or a variant that has no mean field, and for a length that the task cannot have
 */
export function readMeanField(
  { task: taskSpec, tokens, seed }: MeanFieldProblem,
  use: VariantUse,
  reader: ReaderParams,
): MeanFieldOutcome {
  requireMeanField(taskSpec, use, reader);
  const { outline, random } = drawOutline({ task: taskSpec, tokens, seed });
  const { text } = parseGeometry(reader.geometry);
  if (text) {
    const spelling = new DrawnSpelling(use, reader, text);
    const score = readDrawnText(outline, spelling, random.fork("trial"));
    return { ...score, tokens: outline.tokens, seen: spelling.seen() };
  }
  const attention = new MeanFieldAttention(use, reader);
  const trial = { reader, attention, random: random.fork("trial") };
  const score =
    outline.kind === "graph-walk" ? walkDrawnGraph(outline, trial) : readDrawnConversation(outline, trial);
  return { ...score, tokens: outline.tokens, seen: attention.seen() };
}

/** Longest context in tokens: times and memory of a drawn problem grow with its length. */
const mostTokens = 2 ** 30;

/** Draws a problem without its text. @throws ImpossibleError for a length that is too short for the task, or too long */
function drawOutline({ task: text, tokens, seed }: MeanFieldProblem): {
  readonly outline: Outline;
  readonly random: Random;
} {
  const { task, params } = parseTask(text);
  if (task.outline === undefined) throw new ImpossibleError(`the task ${task.name} has no mean field`);
  if (tokens > mostTokens)
    throw new ImpossibleError(`the mean field draws at most ${mostTokens} tokens; got ${tokens}`);
  // the stream keeps its first name: another one would draw every committed row anew
  const random = new Random(`${seed}/theory`);
  return { outline: task.outline(tokens, params, random), random };
}

/** Checks that a problem can be drawn in the mean field. @throws ImpossibleError where it cannot */
export const checkMeanFieldProblem = (problem: MeanFieldProblem): void => void drawOutline(problem);

/** @throws ImpossibleError for a task or a variant, with these settings, that has no mean field */
export function requireMeanField(
  taskSpec: string,
  use: VariantUse,
  { geometry }: Pick<ReaderParams, "geometry"> = resolveReader(),
): void {
  const { task } = parseTask(taskSpec);
  if (task.outline === undefined) throw new ImpossibleError(`the task ${task.name} has no mean field`);
  const reason = whyNoMeanField(use) ?? (parseGeometry(geometry).text && whyNotOfText(use));
  if (reason !== undefined) throw new ImpossibleError(`the variant has no mean field: ${reason}`);
}
