import { UsageError } from "../../core/errors.ts";
import { lookup } from "../../core/lookup.ts";
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

/** A row of a table that is not compared. */
export interface UnexpressedScore {
  /** its number in the file, from 1 */
  readonly row: number;
  readonly reason: string;
}

/** A table of measured scores. */
export interface MeasuredTable {
  readonly scores: readonly MeasuredScore[];
  readonly unread: readonly UnexpressedScore[];
}

/** Columns that a table must have. */
const needed = ["model", "task_family", "context_tokens", "method", "score"] as const;

/** Columns whose cells are empty where a table lacks them. */
type OptionalColumn =
  "source_title" | "budget" | "budget_tokens" | "keep_ratio" | "query_aware" | "dense_score" | "sparse_phase";

type MeasuredCells = Readonly<Record<(typeof needed)[number] | OptionalColumn, string>>;

const phases = lookup<SparsePhase>({
  prefill: "prefill",
  decode: "decode",
  both: "both",
  evict: "evict",
  "evict-after-prefill": "evict",
  architecture: "architecture",
  quant: "quant",
  "": "",
});

/** Source of rows that state none. */
const unknownSource = "(no source stated)";

/**
 * Reads a table of measured scores: a CSV with the columns of docs/agreement.md, in any order and with others beside them.
 * Rows that cannot be read, and rows that stand in it twice, are left out with a reason. A row without dense attention's
 * score has that of the table's row of dense attention on the same model, task and length.
 *
 * @throws UsageError for an unreadable file, a missing column, and a table without rows
 */
export function readMeasured(path: string): MeasuredTable {
  const rows: readonly Partial<MeasuredCells>[] = readCsv(path, needed, { ragged: true });
  if (rows.length === 0) throw new UsageError(`${path} has no rows`);
  const unread: UnexpressedScore[] = [];
  const scores: MeasuredScore[] = [];
  const known = new Set<string>();
  for (const [i, given] of rows.entries()) {
    const read = readRow(given, i + 1);
    const content = JSON.stringify({ ...read, row: 0 });
    if ("reason" in read) unread.push(read);
    else if (known.has(content)) unread.push({ row: i + 1, reason: "the same row stands before it" });
    else scores.push(read);
    known.add(content);
  }
  const denseAt = new Map(
    scores.filter(({ method }) => method === "dense").map((row) => [denseKey(row), row.score]),
  );
  return {
    scores: scores.map((row) => ({ ...row, dense: row.dense ?? denseAt.get(denseKey(row)) ?? null })),
    unread,
  };
}

const denseKey = ({ source, model, task, tokens }: MeasuredScore): string =>
  JSON.stringify([source, model, task, tokens]);

/** Words for a budget that the table gives as numbers alone. */
const budgetInWords = (tokens: number | null, keep: number | null): string => {
  if (tokens !== null) return `${tokens} tokens`;
  return keep === null ? "" : `keep ${keep}`;
};

function readRow(given: Partial<MeasuredCells>, row: number): MeasuredScore | UnexpressedScore {
  const cell = (column: keyof MeasuredCells): string => given[column] ?? "";
  const number = (column: keyof MeasuredCells, most: number): number | null | undefined => {
    if (cell(column) === "") return null;
    const value = Number(cell(column));
    return value >= 0 && value <= most ? value : undefined;
  };
  const [tokens, budgetTokens] = [number("context_tokens", 1e9), number("budget_tokens", 1e9)];
  const [keep, score, dense] = [number("keep_ratio", 1), number("score", 100), number("dense_score", 100)];
  const phase = Object.hasOwn(phases, cell("sparse_phase")) ? phases[cell("sparse_phase")] : undefined;
  const no = (reason: string): UnexpressedScore => ({ row, reason });
  if (cell("task_family") === "") return no("no task is stated");
  if (cell("method") === "") return no("no method is stated");
  if (score === null || score === undefined) return no("its score is no number from 0 to 100");
  if (dense === undefined) return no("its dense_score is no number from 0 to 100");
  if (tokens === undefined) return no("its context_tokens is no number of tokens");
  if (budgetTokens === undefined) return no("its budget_tokens is no number of tokens");
  if (keep === undefined) return no("its keep_ratio is no number from 0 to 1");
  if (phase === undefined)
    return no(`its sparse_phase is none of ${Object.keys(phases).filter(Boolean).join(", ")}`);
  return {
    row,
    source: cell("source_title") || unknownSource,
    model: cell("model"),
    task: cell("task_family"),
    tokens: tokens === null ? null : Math.round(tokens),
    method: cell("method"),
    budget: cell("budget") || budgetInWords(budgetTokens, keep),
    budgetTokens,
    keep,
    queryAware: /^(yes|true|1)$/i.test(cell("query_aware")),
    phase,
    score: score / 100,
    dense: dense === null ? null : dense / 100,
  };
}
