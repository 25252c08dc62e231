import { UsageError } from "../../core/errors.ts";
import { lookup } from "../../core/lookup.ts";
import { readCsv } from "../../files/csv.ts";
import { beyondHeader } from "../../files/csv-text.ts";

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

type MeasuredCells = Readonly<Record<(typeof needed)[number] | OptionalColumn | typeof beyondHeader, string>>;

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

/** Words for whether a method saw the question. An unknown one counts as unseen. */
const sights = lookup<boolean>({
  yes: true,
  true: true,
  "1": true,
  no: false,
  false: false,
  "0": false,
  unknown: false,
  "": false,
});

/** Source of rows that state none. */
const unknownSource = "(no source stated)";

/**
 * Reads a table of measured scores: a CSV with the columns of docs/agreement.md, in any order and with others beside them.
 * Rows that cannot be read, and rows that stand in it twice, are left out with a reason. A row without dense attention's
 * score has that of the table's row of dense attention on the same model, task and length. Scores of a source that has
 * none above 1 are shares of 1; all others are percent.
 *
 * @throws UsageError for an unreadable file, a missing column, and a table without rows
 */
export function readMeasured(path: string): MeasuredTable {
  const rows: readonly Partial<MeasuredCells>[] = readCsv(path, needed, { ragged: true });
  if (rows.length === 0) throw new UsageError(`${path} has no rows`);
  const unread: UnexpressedScore[] = [];
  const scores: MeasuredScore[] = [];
  const percent = sourcesInPercent(rows);
  const known = new Set<string>();
  for (const [i, given] of rows.entries()) {
    const read = readRow(given, i + 1, percent.has(sourceOf(given)) ? 100 : 1);
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

const cellOf = (given: Partial<MeasuredCells>, column: keyof MeasuredCells): string =>
  (given[column] ?? "").trim();

const sourceOf = (given: Partial<MeasuredCells>): string => cellOf(given, "source_title") || unknownSource;

/** Sources that have a score above 1. */
const sourcesInPercent = (rows: readonly Partial<MeasuredCells>[]): ReadonlySet<string> =>
  new Set(
    rows
      .filter((given) =>
        [cellOf(given, "score"), cellOf(given, "dense_score")].some((text) => Number(text) > 1),
      )
      .map(sourceOf),
  );

/** @param whole the largest score: 100 or 1 */
function readRow(
  given: Partial<MeasuredCells>,
  row: number,
  whole: number,
): MeasuredScore | UnexpressedScore {
  const cell = (column: keyof MeasuredCells): string => cellOf(given, column);
  const number = (column: keyof MeasuredCells, most: number): number | null | undefined => {
    if (cell(column) === "") return null;
    const value = Number(cell(column));
    return value >= 0 && value <= most ? value : undefined;
  };
  const [tokens, budgetTokens] = [number("context_tokens", 1e9), number("budget_tokens", 1e9)];
  const [keep, score, dense] = [number("keep_ratio", 1), number("score", 100), number("dense_score", 100)];
  const among = <T>(words: Readonly<Record<string, T>>, text: string): T | undefined =>
    Object.hasOwn(words, text) ? words[text] : undefined;
  const phase = among(phases, cell("sparse_phase").toLowerCase());
  const queryAware = among(sights, cell("query_aware").toLowerCase());
  const no = (reason: string): UnexpressedScore => ({ row, reason });
  if (cell(beyondHeader) !== "") return no("it has more cells than the header");
  if (cell("model") === "") return no("no model is stated");
  if (cell("task_family") === "") return no("no task is stated");
  if (cell("method") === "") return no("no method is stated");
  if (score === null || score === undefined) return no("its score is no number from 0 to 100");
  if (dense === undefined) return no("its dense_score is no number from 0 to 100");
  if (tokens === undefined) return no("its context_tokens is no number of tokens");
  if (budgetTokens === undefined || budgetTokens === 0) return no("its budget_tokens is no number of tokens");
  if (keep === undefined || keep === 0) return no("its keep_ratio is no share above 0 and up to 1");
  if (phase === undefined)
    return no(`its sparse_phase is none of ${Object.keys(phases).filter(Boolean).join(", ")}`);
  if (queryAware === undefined)
    return no(`its query_aware is none of ${Object.keys(sights).filter(Boolean).join(", ")}`);
  return {
    row,
    source: sourceOf(given),
    model: cell("model"),
    task: cell("task_family").toLowerCase(),
    tokens: tokens === null ? null : Math.round(tokens),
    method: cell("method").toLowerCase(),
    budget: cell("budget") || budgetInWords(budgetTokens, keep),
    budgetTokens,
    keep,
    queryAware,
    phase,
    score: score / whole,
    dense: dense === null ? null : dense / whole,
  };
}
