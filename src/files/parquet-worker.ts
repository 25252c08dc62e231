import { parentPort } from "node:worker_threads";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import type { DatasetRow } from "../tasks/task.ts";
import { boundedCompressors } from "./parquet-pages.ts";
import { ready } from "./parquet.ts";
import type { ParquetAnswer, ParquetTask } from "./parquet.ts";

/** A row with its 64-bit integers as numbers. @throws RangeError for one that no number holds */
const plain = (row: DatasetRow): DatasetRow =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, numberOf(column, value)]));

function numberOf(column: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw new RangeError(`${column} holds ${value}, which is beyond 2^53`);
}

/** Bytes of a value at least. A dictionary lets many rows share one text, of which each row gets a copy. */
const bytesOf = (value: unknown): number => {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value).reduce((sum: number, inner) => sum + bytesOf(inner), 8);
};

/** @throws RangeError for rows that take more than `megabytes` */
function requireRoom(rows: readonly DatasetRow[], megabytes: number): void {
  let left = megabytes * 1e6;
  for (const row of rows) {
    left -= bytesOf(row);
    if (left < 0) throw new RangeError(`its rows take more than ${Math.round(megabytes)} MB`);
  }
}

async function answerTo({ path, limit, megabytes }: ParquetTask): Promise<ParquetAnswer> {
  try {
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(path),
      compressors: boundedCompressors(megabytes),
      ...(limit === undefined ? {} : { rowEnd: limit }),
    });
    requireRoom(rows, megabytes);
    return { rows: rows.map((row) => plain(row)) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (task: ParquetTask) => {
  void answerTo(task).then((answer) => parentPort?.postMessage(answer));
});
parentPort?.postMessage(ready);
