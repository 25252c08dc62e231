import { UsageError } from "../../core/errors.ts";
import type { ReaderParams } from "../../reader/params.ts";
import type { ScoreSource } from "../../studies/frontier/run.ts";

/** Options that name the source of scores. */
export interface ScoreOptions {
  readonly results?: string | undefined;
  readonly meanField?: true | undefined;
  readonly task?: readonly string[] | undefined;
  readonly variant?: readonly string[] | undefined;
  readonly tokens?: number | undefined;
  readonly trials: number;
  readonly seed: number;
  /** reader parameters that are given, with `meanField` */
  readonly reader?: Partial<ReaderParams> | undefined;
}

/** The source of scores. @throws UsageError when an option is missing */
export function scoreSource(options: ScoreOptions): ScoreSource {
  const { results, meanField, task, variant, tokens, trials, seed, reader = {} } = options;
  const [given] = Object.keys(reader);
  if (results !== undefined) {
    if (given !== undefined)
      throw new UsageError(`reader parameters need --mean-field; got ${given} with --results`);
    return { file: results };
  }
  if (!meanField)
    throw new UsageError("give --results FILE, or --mean-field with --task, --variant and --tokens");
  if (task === undefined || variant === undefined || tokens === undefined)
    throw new UsageError("--mean-field needs --task, --variant and --tokens");
  const asked = { tasks: task, variants: variant, tokens, trials, seed };
  return { meanField: given === undefined ? asked : { ...asked, reader } };
}
