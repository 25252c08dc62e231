import type { AttentionResult } from "../attention/read.ts";
import type { Queries } from "../attention/cache.ts";
import { flat } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import { meanOfGroups } from "./cache.ts";
import { matrix } from "./codes.ts";
import type { ReaderParams } from "./params.ts";

/** The name of a read's random streams: the first read's is that of a reader who reads once. */
export const nameOfRead = (name: string, read: number): string =>
  read === 0 ? name : `${name}/read ${read}`;

/**
 * Asks a batch of decode queries as often as the reader reads: the mean of the heads' outputs, per kv head (Q, d).
 * Each read has query noise of its own where there is any, with several query heads to a kv head; a single one asks
 * the same each time and would get the same, so that it is asked once and counts for all.
 *
 * @param queries of a read, by the name of its streams
 * @param see is told each result, and how many reads it counts for
 */
export function readOften(
  { reads, groupSize }: ReaderParams,
  name: string,
  queries: (name: string) => Queries,
  attend: (queries: Queries) => AttentionResult,
  see: (result: AttentionResult, group: number, times: number) => void,
): Tensor[] {
  const asked = groupSize === 1 ? 1 : reads;
  const all = Array.from({ length: asked }, (_, read) => {
    const { group, ...rest } = queries(nameOfRead(name, read));
    const result = attend({ group, ...rest });
    see(result, group, reads / asked);
    return result.heads.map((head) => meanOfGroups(head.output, group));
  });
  return asked === 1 ? all[0]! : all[0]!.map((_, h) => meanOf(all.map((outputs) => outputs[h]!)));
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
