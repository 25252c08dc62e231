import { exportsOf, Registry } from "../core/entry.ts";
import { UsageError } from "../core/errors.ts";
import { resolveParams } from "../core/params.ts";
import type { AnyParams } from "../core/params.ts";
import { Random } from "../core/random.ts";
import { rememberText } from "../core/remember.ts";
import { formatCall, parseExpression } from "../core/spec.ts";
import * as all from "./all.ts";
import type { AnyTask, Problem } from "./task.ts";
import { countTokens } from "./parts/tokenizer.ts";
import type { CountTokens } from "./parts/tokenizer.ts";

/** Every task by name. */
export const tasks = new Registry<AnyTask>("task", exportsOf(all), ["generate"]);

/** A task with its parameters. */
export interface TaskSpec {
  readonly task: AnyTask;
  readonly params: AnyParams;
  /** the spec with only the parameters that differ from their defaults, in the task's order */
  readonly spec: string;
  /** the spec of its problems: without parameters that only say how a response is scored */
  readonly problem: string;
}

/**
 * Reads `graphwalks(operation=parents,depth=2)`.
 *
 * @throws UsageError for a malformed spec, an unknown task or parameter, or a value out of range
 */
export const parseTask = rememberText((text): TaskSpec => {
  const { name, args, modifiers } = parseExpression(text);
  const task = tasks.get(name);
  if (modifiers.length > 0) {
    throw new UsageError(
      `task ${name} takes no modifiers; got +${modifiers.map((modifier) => modifier.name).join("+")}`,
    );
  }
  const params: AnyParams = resolveParams(name, task.params, args);
  const changed = Object.entries(params).filter(([param, value]) => value !== task.params[param]!.default);
  const asked = changed.filter(([param]) => !task.judging?.includes(param));
  return {
    task,
    params,
    spec: formatCall(name, Object.fromEntries(changed)),
    problem: formatCall(name, Object.fromEntries(asked)),
  };
});

/** Names a problem of a task. */
export interface ProblemPlace {
  /** nominal length */
  readonly tokens: number;
  readonly seed: number;
  /** which of the problems of this seed, from 0 */
  readonly index: number;
}

/**
 * Draws a problem of a run: the same for the same place and task spec, however responses are scored.
 *
 * @param count counts the tokens of a text: `countTokens`, or something that watches it
 */
export const drawProblem = (
  { task, params, problem }: TaskSpec,
  { tokens, seed, index }: ProblemPlace,
  count: CountTokens = countTokens,
): Problem =>
  task.generate(tokens, params, new Random(`${seed}/${problem}/${tokens}/${index}/problem`), count);

/**
 * Nominal length of a problem that came without one. Of sizes it is the nearest; of bins it is the bin that holds prompt
 * and answer, and beyond the last bin the real length.
 */
export function nominalLength({ lengths, binned = false }: AnyTask, { tokens, answer }: Problem): number {
  if (binned) {
    const total = tokens + countTokens(answer);
    return lengths.find((edge) => edge >= total) ?? total;
  }
  const distance = (length: number): number => Math.abs(Math.log(length / tokens));
  return lengths.reduce(
    (best, length) => (distance(length) < distance(best) ? length : best),
    lengths[0] ?? tokens,
  );
}
