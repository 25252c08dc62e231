import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { UsageError } from "../core/errors.ts";
import type { DatasetRow } from "../tasks/task.ts";
import { reasonOf } from "./files.ts";
import { workerArguments } from "./load.ts";

/** Message to the worker. */
export interface ParquetTask {
  readonly path: string;
  /** rows to read at most */
  readonly limit: number | undefined;
  /** memory for the rows that are read */
  readonly megabytes: number;
}

/** First message of the worker, once it can decode. */
export const ready = "ready";

/** Answer of the worker: rows, or the reason why there are none. */
export type ParquetAnswer = { readonly rows: readonly DatasetRow[] } | { readonly reason: string };

/** The most that decoding may take. A malformed file can ask for any number of rows in a few bytes. */
interface ParquetLimits {
  readonly seconds: number;
  /** memory for rows */
  readonly megabytes: number;
}

const limitsFor = (bytes: number): ParquetLimits => ({
  seconds: 10 + bytes / 1e6,
  megabytes: 512 + (64 * bytes) / 1e6,
});

const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "parquet-worker.ts" : "parquet-worker.js",
  import.meta.url,
);

/**
 * Rows of a parquet file, all columns. A worker decodes it. The worker is ended if it takes too much time or memory.
 *
 * @param limit rows to read at most, from the first; default: all
 * @param limits default: 10 s and 512 MB, and for each MB of the file 1 s and 64 MB more
 * @throws UsageError for a file that cannot be read, is torn or no parquet, and takes too much time or memory
 */
export async function readParquet(
  path: string,
  limit?: number,
  limits?: ParquetLimits,
): Promise<readonly DatasetRow[]> {
  const allowed = limits ?? limitsFor(sizeOf(path));
  const worker = new Worker(workerFile, {
    execArgv: workerArguments(workerFile),
    resourceLimits: { maxOldGenerationSizeMb: allowed.megabytes },
  });
  try {
    const answer = await answerOf(worker, { path, limit, megabytes: allowed.megabytes }, allowed);
    if ("rows" in answer) return answer.rows;
    throw new UsageError(`${path} is torn or no parquet file: ${answer.reason}`);
  } finally {
    await worker.terminate();
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

/** The worker's answer. The clock starts once the worker can decode. */
function answerOf(
  worker: Worker,
  task: ParquetTask,
  { seconds, megabytes }: ParquetLimits,
): Promise<ParquetAnswer> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (answer: ParquetAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    worker.on("message", (message: typeof ready | ParquetAnswer) => {
      if (message !== ready) {
        settle(message);
        return;
      }
      const reason = `decoding takes more than ${Math.round(seconds)} s`;
      timer = setTimeout(() => settle({ reason }), seconds * 1000);
      worker.postMessage(task);
    });
    worker.once("messageerror", ({ message }: Error) => settle({ reason: message }));
    worker.once("error", (error: NodeJS.ErrnoException) => {
      const isFull = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      settle({ reason: isFull ? `decoding takes more than ${Math.round(megabytes)} MB` : error.message });
    });
  });
}
