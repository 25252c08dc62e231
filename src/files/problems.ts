import { basename, extname } from "node:path";
import { UsageError } from "../core/errors.ts";
import { readText } from "./files.ts";
import { parseLength } from "../core/length.ts";
import { readJsonl, withPrompt } from "./dataset.ts";
import { readParquet } from "./parquet.ts";
import { drawNamedProblem } from "../tasks/named-problem.ts";
import type { NamedProblem } from "../tasks/named-problem.ts";
import { nominalLength, parseTask } from "../tasks/spec.ts";
import type { DatasetRow } from "../tasks/task.ts";

/** The source of problems: a file, or the task's generator at a length. */
export interface ProblemSource {
  readonly file?: string | undefined;
  readonly tokens?: string | undefined;
  readonly count?: number | undefined;
  /** index of the only problem to read, from 0; default: all */
  readonly only?: number | undefined;
  readonly seed: number;
}

/**
 * Rows of a .parquet or .jsonl file.
 *
 * @throws UsageError for a file of another kind, and one that is missing, torn or empty
 */
export async function readRows(path: string, limit?: number): Promise<readonly DatasetRow[]> {
  const rows = await rowsOf(path, limit);
  if (rows.length === 0) throw new UsageError(`${path} has no rows`);
  return rows;
}

async function rowsOf(path: string, limit: number | undefined): Promise<readonly DatasetRow[]> {
  const kind = extname(path);
  switch (kind) {
    case ".jsonl":
      return readJsonl(path, readText(path), limit);
    case ".parquet":
      return readParquet(path, limit);
    default:
      throw new UsageError(`${path} must be a .parquet or .jsonl file; got ${kind || "no extension"}`);
  }
}

/**
 * Reads problems from a file, or generates them, one after another.
 *
 * @param text task spec; not needed if the rows of a file name their task
 * @throws UsageError for a missing task or length, a row that the task cannot read, and an `only` beyond the problems
 */
export async function* problemsOf(
  text: string | undefined,
  { file, tokens, count, only, seed }: ProblemSource,
): AsyncGenerator<NamedProblem> {
  if (file !== undefined) {
    if (tokens !== undefined) throw new UsageError("problems come from --file or from --tokens, not both");
    const rows = await readRows(file, only === undefined ? count : Math.min(only + 1, count ?? Infinity));
    for (const index of indices(rows.length, only)) yield fromRow(file, text, rows[index]!, index);
    return;
  }
  if (text === undefined) throw new UsageError("a task is missing: graphwalks, mrcr(needles=2)");
  if (tokens === undefined)
    throw new UsageError(
      `--tokens or --file is missing: ${text} is generated at a length, or read from a file`,
    );
  const task = parseTask(text);
  const length = parseLength(tokens, task.task.lengths);
  // without a count there are as many as one asks for
  const there = count ?? (only === undefined ? 1 : only + 1);
  for (const index of indices(there, only)) yield drawNamedProblem(task, length, seed, index);
}

/** Indices of problems: all, or `only`. @throws UsageError if there is no such problem */
function* indices(count: number, only: number | undefined): Generator<number> {
  if (only !== undefined && only >= count)
    throw new UsageError(`--row must be an integer in [0, ${count - 1}]; got ${only}`);
  if (only === undefined) for (let index = 0; index < count; index++) yield index;
  else yield only;
}

function fromRow(path: string, text: string | undefined, row: DatasetRow, index: number): NamedProblem {
  const where = `${path}: row ${index + 1}`;
  const named = text ?? row["task"];
  if (typeof named !== "string")
    throw new UsageError(`${where} has no column "task"; name the task before the options: graphwalks, mrcr`);
  const task = parseTask(named);
  const id = typeof row["id"] === "string" ? row["id"] : `${basename(path)}:${index}`;
  try {
    const problem = task.task.load(withPrompt(row), task.params);
    const nominal = row["tokensNominal"];
    return {
      id,
      task,
      tokensNominal: typeof nominal === "number" ? nominal : nominalLength(task.task, problem),
      seed: typeof row["seed"] === "number" ? row["seed"] : 0,
      index: typeof row["trial"] === "number" ? row["trial"] : index,
      problem,
    };
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${where}: ${error.message}`);
    throw error;
  }
}
