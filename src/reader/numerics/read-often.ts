import type { Attend } from "../../attention/attender.ts";
import type { Queries } from "../../attention/cache.ts";
import type { AttentionResult } from "../../attention/read.ts";
import { flat } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { matrix } from "./codes.ts";
import type { ReaderParams } from "../params.ts";

/** Name of a read's random streams: that of the batch for the first read, which a reader who reads once shares. */
export const nameOfRead = (name: string, read: number): string =>
  read === 0 ? name : `${name}/read ${read}`;

/** How a batch of queries is asked. */
export interface OftenAsked {
  /** names the batch's random streams */
  readonly name: string;
  /** The queries of one read, by the name of its streams. */
  readonly queries: (name: string) => Queries;
  readonly attend: Attend;
  /** Is told each result, which read it is, and the number of reads that it counts for. */
  readonly see: (result: AttentionResult, queries: Queries, read: number, times: number) => void;
}

/**
 * Asks a batch of decode queries as often as the reader reads. Where several query heads share a kv head, each read has
 * query noise of its own. A single query head asks the same each time and would get the same: it is asked once, and the
 * result counts for all reads.
 *
 * @returns the mean of the heads' outputs: per kv head (Q, d)
 */
export function readOften(
  { reads, groupSize }: ReaderParams,
  { name, queries, attend, see }: OftenAsked,
): Tensor[] {
  const asked = groupSize === 1 ? 1 : reads;
  const all = Array.from({ length: asked }, (_, read) => {
    const own = queries(nameOfRead(name, read));
    const result = attend(own);
    see(result, own, read, reads / asked);
    return result.heads.map((head) => meanOfGroups(head.output, own.group));
  });
  return asked === 1 ? all[0]! : all[0]!.map((_, h) => meanOf(all.map((outputs) => outputs[h]!)));
}

/** Mean of each query's group of output rows: (Q G, d) to (Q, d). */
function meanOfGroups(output: Tensor, group: number): Tensor {
  if (group === 1) return output;
  const [rows, d] = output.shape as [number, number];
  const out = matrix(rows / group, d);
  const from = flat(output);
  const to = flat(out);
  for (let i = 0; i < rows; i++) {
    const at = Math.floor(i / group) * d;
    for (let c = 0; c < d; c++) to[at + c]! += from[i * d + c]! / group;
  }
  return out;
}

/** Mean of matrices of one shape. */
function meanOf(rows: readonly Tensor[]): Tensor {
  const [n, d] = rows[0]!.shape as [number, number];
  const out = matrix(n, d);
  const to = flat(out);
  for (const each of rows) {
    const from = flat(each);
    for (let i = 0; i < to.length; i++) to[i]! += from[i]! / rows.length;
  }
  return out;
}
