import { UsageError } from "../../core/errors.ts";
import { readCsv } from "../../files/csv.ts";

/** When a method drops or passes over keys. */
export type SparsePhase = "prefill" | "decode" | "both" | "evict" | "architecture" | "quant" | "";

/** A measured score of an attention method on a real model, as a table of scores states it. */
export interface MeasuredScore {
  /** the row's number in its file, from 1 */
  readonly row: number;
  readonly source: string;
  readonly model: string;
  /** `ruler-niah_single_1`, `ruler-avg`, `mrcr-8needle` */
  readonly task: string;
  /** null where the table does not state it */
  readonly tokens: number | null;
  readonly method: string;
  /** budget, as the table prints it */
  readonly budget: string;
  readonly budgetTokens: number | null;
  /** share of the tokens that is kept or read */
  readonly keep: number | null;
  /** whether the method saw the question when it chose */
  readonly queryAware: boolean;
  readonly phase: SparsePhase;
  /** 0 to 1 */
  readonly score: number;
  /** dense attention's in the same table, 0 to 1; null where the table has none */
  readonly dense: number | null;
}

const needed = [
  "source_title",
  "model",
  "task_family",
  "context_tokens",
  "method",
  "budget",
  "budget_tokens",
  "keep_ratio",
  "query_aware",
  "score",
  "dense_score",
  "sparse_phase",
] as const;

const phases: Readonly<Record<string, SparsePhase>> = {
  prefill: "prefill",
  decode: "decode",
  both: "both",
  evict: "evict",
  "evict-after-prefill": "evict",
  architecture: "architecture",
  quant: "quant",
  "": "",
};

/**
 * Reads a table of measured scores: a CSV with the columns of docs/agreement.md.
 *
 * @throws UsageError for a missing column, a cell that is no number, a score outside 0 to 100, and an unknown phase
 */
export function readMeasured(path: string): MeasuredScore[] {
  const rows = readCsv(path, needed);
  if (rows.length === 0) throw new UsageError(`${path} has no rows`);
  return rows.map((text, i) => {
    const row = i + 1;
    const refuse = (column: string, allowed: string): never => {
      throw new UsageError(
        `${path}: row ${row}: ${column} must be ${allowed}; got ${JSON.stringify(text[column as (typeof needed)[number]])}`,
      );
    };
    const maybe = (column: (typeof needed)[number], most: number): number | null => {
      if (text[column] === "") return null;
      const value = Number(text[column]);
      return value >= 0 && value <= most ? value : refuse(column, `a number from 0 to ${most}, or empty`);
    };
    const tokens = maybe("context_tokens", 1e9);
    return {
      row,
      source: text.source_title,
      model: text.model,
      task: text.task_family,
      tokens: tokens === null ? null : Math.round(tokens),
      method: text.method,
      budget: text.budget,
      budgetTokens: maybe("budget_tokens", 1e9),
      keep: maybe("keep_ratio", 1),
      queryAware: text.query_aware === "yes",
      phase: phases[text.sparse_phase] ?? refuse("sparse_phase", `one of ${Object.keys(phases).join(", ")}`),
      score: (maybe("score", 100) ?? refuse("score", "a number from 0 to 100")) / 100,
      dense: maybe("dense_score", 100) === null ? null : maybe("dense_score", 100)! / 100,
    };
  });
}
