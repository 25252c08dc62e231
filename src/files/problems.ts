import { basename, extname } from "node:path";
import { asyncBufferFromFile } from "hyparquet";
import { UsageError } from "../core/errors.ts";
import { readText, reasonOf } from "./files.ts";
import { parseLength } from "../core/length.ts";
import { readJsonl, readParquet, withPrompt } from "../tasks/dataset.ts";
import { drawProblem, nominalLength, parseTask } from "../tasks/spec.ts";
import type { TaskSpec } from "../tasks/spec.ts";
import type { Row } from "../tasks/row.ts";
import type { Problem } from "../tasks/task.ts";

/** Where problems come from: a file, or the generator. */
export interface SourceOptions {
  readonly file?: string | undefined;
  readonly tokens?: string | undefined;
  readonly count?: number | undefined;
  readonly seed: number;
}

/** A problem with the name that responses call it by. */
export interface NamedProblem {
  /** of a generated one: task spec, nominal length, seed, index */
  readonly id: string;
  readonly task: TaskSpec;
  readonly tokensNominal: number;
  readonly seed: number;
  /** which of the file, or of the seed */
  readonly index: number;
  readonly problem: Problem;
}

/**
 * Rows of a .parquet or .jsonl file.
 *
 * @throws UsageError for another kind of file, or one that is missing, torn or empty
 */
export async function readRows(path: string, limit?: number): Promise<Row[]> {
  const rows = await rowsOf(path, limit);
  if (rows.length === 0) throw new UsageError(`${path} has no rows`);
  return rows;
}

async function rowsOf(path: string, limit: number | undefined): Promise<Row[]> {
  const kind = extname(path);
  switch (kind) {
    case ".jsonl":
      return readJsonl(path, readText(path), limit);
    case ".parquet": {
      const file = await asyncBufferFromFile(path).catch((error: unknown) => {
        throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
      });
      return readParquet(path, file, limit);
    }
    default:
      throw new UsageError(`${path} must be a .parquet or .jsonl file; got ${kind || "no extension"}`);
  }
}

const nameOf = (task: TaskSpec, tokens: number, seed: number, index: number): string =>
  `${task.spec}/${tokens}/${seed}/${index}`;

/**
 * The problems that the options ask for, one after another.
 *
 * @param text task spec; of a file whose rows name their task it may be absent
 * @throws UsageError for a missing task or length, or a row that the task cannot read
 */
export async function* problemsOf(
  text: string | undefined,
  { file, tokens, count, seed }: SourceOptions,
): AsyncGenerator<NamedProblem> {
  if (file !== undefined) {
    if (tokens !== undefined) throw new UsageError("problems come from --file or from --tokens, not both");
    for (const [index, row] of (await readRows(file, count)).entries()) yield fromRow(file, text, row, index);
    return;
  }
  if (text === undefined) throw new UsageError("a task is missing: graphwalks, mrcr(needles=2)");
  if (tokens === undefined)
    throw new UsageError(
      `--tokens or --file is missing: ${text} is generated at a length, or read from a file`,
    );
  const task = parseTask(text);
  const length = parseLength(tokens, task.task.lengths);
  for (let index = 0; index < (count ?? 1); index++) {
    const problem = drawProblem(task, length, seed, index);
    yield { id: nameOf(task, length, seed, index), task, tokensNominal: length, seed, index, problem };
  }
}

function fromRow(path: string, text: string | undefined, row: Row, index: number): NamedProblem {
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
