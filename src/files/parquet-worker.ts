import { parentPort } from "node:worker_threads";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { DatasetRow } from "../tasks/task.ts";
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

async function answerTo({ path, limit }: ParquetTask): Promise<ParquetAnswer> {
  try {
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(path),
      compressors,
      ...(limit === undefined ? {} : { rowEnd: limit }),
    });
    return { rows: rows.map((row) => plain(row)) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (task: ParquetTask) => {
  void answerTo(task).then((answer) => parentPort?.postMessage(answer));
});
parentPort?.postMessage(ready);
