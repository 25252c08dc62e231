import { parseSpec } from "../../attention/spec.ts";
import { UsageError } from "../../core/errors.ts";
import type { MeasuredScore, UnexpressedScore } from "./measured.ts";
import { variantOf } from "./methods.ts";

/** Tasks of RULER that are no questions about the world. */
const rulerTasks = [
  "niah_single_1",
  "niah_single_2",
  "niah_single_3",
  "niah_multikey_1",
  "niah_multikey_2",
  "niah_multikey_3",
  "niah_multivalue",
  "niah_multiquery",
  "vt",
  "cwe",
  "fwe",
];

/**
 * Tasks of InfiniteBench by the task of RULER that asks the same: a number in a text that repeats, and an identifier
 * among pairs of identifiers.
 */
const sameAsked: Readonly<Record<string, string>> = {
  "infinitebench-passkey": "niah_single_1",
  "infinitebench-number": "niah_single_1",
  "infinitebench-kv": "niah_multikey_3",
};

/** The family of a mean over RULER's tasks. */
export const meanFamily = "ruler-avg";

/** Tokens that RULER sets aside for answers, which its prompts leave free. */
const answerTokens = 128;

/** A measured row in the simulator's terms. */
export interface ExpressedScore {
  readonly measured: MeasuredScore;
  /** task specs, whose mean the score is */
  readonly tasks: readonly string[];
  readonly variant: string;
  readonly tokens: number;
}

/** Puts a measured row in the simulator's terms, or says why it cannot. */
export function express(measured: MeasuredScore): ExpressedScore | UnexpressedScore {
  const no = (reason: string): UnexpressedScore => ({ row: measured.row, reason });
  const { tokens, task } = measured;
  const tasks = tasksOf(task);
  if (tasks === undefined) return no(`no task for ${task}`);
  if (tokens === null) return no("no context length is stated");
  if (tokens < 1024) return no("a context of less than 1,024 tokens");
  const found = variantOf(measured, tokens - answerTokens);
  if ("reason" in found) return no(found.reason);
  if (measured.dense === null && measured.method !== "dense")
    return no("its table has no score of dense attention, from which a prediction starts");
  try {
    parseSpec(found.variant);
  } catch (error) {
    if (error instanceof UsageError) return no(error.message);
    throw error;
  }
  return { measured, tasks, variant: found.variant, tokens };
}

/** Task specs of a family of the tables; undefined for one that the simulator lacks. */
function tasksOf(family: string): readonly string[] | undefined {
  if (family === meanFamily) return rulerTasks.map((task) => `ruler(task=${task})`);
  const task = Object.hasOwn(sameAsked, family) ? sameAsked[family]! : family.replace(/^ruler-/, "");
  return task !== family && rulerTasks.includes(task) ? [`ruler(task=${task})`] : undefined;
}
