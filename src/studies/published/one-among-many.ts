import { softmaxRead } from "../../attention/parts/softmax-read.ts";
import { parseShaping } from "../../attention/spec.ts";
import type { Queries } from "../../attention/cache.ts";
import { tensor } from "../../core/tensor.ts";
import type { Table } from "../../engines/ops.ts";
import { referenceEngine } from "../../engines/reference/engine.ts";

/**
 * The weight that attention gives to one logit of +3 among n logits, all others -2.
 *
 * @param shaping spec of a logit shaping: `ssmax(s=0.43)`
 */
export function largestWeight(shaping: string, n: number): number {
  const keys = new Float32Array(n).fill(-2);
  keys[n - 1] = 3;
  const table: Table = { tensor: tensor(keys, [n, 1]), kind: "kv", rowBytes: 4 };
  const queries: Queries = {
    heads: [tensor(Float64Array.of(1), [1, 1])],
    count: 1,
    group: 1,
    positions: Int32Array.of(n - 1),
    scale: 1,
    phase: "decode",
  };
  const { shaping: by, params } = parseShaping(shaping);
  const { heads, rule, sinkLogit } = by.shape(queries, params);
  const read = { queries: heads[0]!, keys: table, values: table, scale: 1, visible: Int32Array.of(n) };
  return softmaxRead({ ...read, rule, sinkLogit }, referenceEngine()).weights(0, [n - 1])[0]!;
}
