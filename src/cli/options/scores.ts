import { UsageError } from "../../core/errors.ts";
import type { ScoreSource } from "../../studies/frontier/run.ts";

/** Values of the options that say where scores come from. */
export interface ScoreOptions {
  readonly results?: string | undefined;
  readonly meanField?: true | undefined;
  readonly theory?: true | undefined;
  readonly task?: readonly string[] | undefined;
  readonly variant?: readonly string[] | undefined;
  readonly tokens?: number | undefined;
  readonly trials: number;
  readonly seed: number;
}

/** The source of scores that options name. @throws UsageError where an option is missing */
export function scoreSource(options: ScoreOptions): ScoreSource {
  const { results, meanField, theory, task, variant, tokens, trials, seed } = options;
  if (results !== undefined) return { file: results };
  if (!meanField && !theory)
    throw new UsageError("give --results FILE, or --mean-field with --task, --variant and --tokens");
  if (task === undefined || variant === undefined || tokens === undefined)
    throw new UsageError("--mean-field needs --task, --variant and --tokens");
  return { meanField: { tasks: task, variants: variant, tokens, trials, seed } };
}
