import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { real } from "../../../core/params.ts";
import { flat, rowsOf } from "../../../core/tensor.ts";
import type { RowLists } from "../../../core/tensor.ts";
import type { Ops, Space } from "../../../engines/ops.ts";
import { readsAll } from "../../mean-field/reads.ts";
import { inChunks, scoresMemory } from "../../parts/chunks.ts";
import { tellRow } from "../../parts/choices.ts";
import { rowLists } from "../../parts/lists.ts";
import { perHead } from "../../parts/per-head.ts";
import { firstRows, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Oracle top-p: each query reads the fewest keys that hold a share p of its exact weights. Like the oracle of top-k it
 * reads every key to find them, which is counted as index, so that no machine gains by it. It shows how many keys a
 * query needs.
 *
 * Lin et al. 2025, Twilight, arXiv 2502.02770, whose pruner estimates the same set from 4-bit keys.
 */
export const topP = defineVariant({
  name: "oracle-top-p",
  family: "dynamic",
  summary: "the fewest keys that hold a share p of the exact weights",
  formula:
    "S = the keys of largest weight whose weights first sum to p; o = sum_(i in S) p_i v_i, p = softmax over S",
  sources: [
    {
      title: "Twilight: Adaptive Attention Sparsity with Hierarchical Top-p Pruning",
      url: "https://arxiv.org/abs/2502.02770",
      where: "section 3",
    },
  ],
  differs: ["The weights that decide are exact; Twilight estimates them from 4-bit keys."],
  params: {
    p: real("share of the weights that is read", {
      default: 0.95,
      min: 0,
      max: 1,
      sweep: [0.5, 0.8, 0.9, 0.95, 0.99],
    }),
  },
  prefill: "same",
  small: { p: 0.5 },
  adaptive: "the cost of reading every key; results hold the keys that were read",
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { p }) =>
    perHead(queries, cache, (read, { space }, head) =>
      softmaxRead(
        { ...read, spans: unitSpans(holding({ read, head, space }, p, ops), 1, read.visible) },
        ops,
      ),
    ),
  cost(shape) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    return {
      flops: 2 * tokens * queryHeads * headDim + attentionFlops(shape, tokens),
      exponentials: 2 * tokens * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, tokens),
      indexReadBytes: tokens * kvHeads * headDim * bytesPerElement,
    };
  },
  memory: (shape) => scoresMemory(shape, shape.asked),
  denseAt: () => ({ p: 1 }),
  meanField: (crowd, { p }) => [{ ...readsAll(crowd), hold: p }],
});

/** A read of kv head `head`, and its memory. */
interface HeadRead {
  readonly read: Read;
  readonly head: number;
  readonly space: Space;
}

/** Rows of largest weight of each query row, which together hold at least p. */
function holding({ read, head, space }: HeadRead, p: number, ops: Ops): RowLists {
  const { queries, keys, visible, scale } = read;
  const most = visible.reduce((a, b) => Math.max(a, b), 0);
  const table = { ...firstRows(keys, most), kind: "index" } as const;
  const parts: Int32Array[] = [];
  inChunks(visible.length, most, (from, to) =>
    space.scoped(() => {
      const seen = visible.subarray(from, to);
      const weights = ops.scores(rowsOf(queries, from, to), table);
      ops.softmax(weights, seen, scale);
      for (let i = 0; i < to - from; i++) {
        const own = rowsOf(weights, i, i + 1);
        const rows = fewest(flat(own), seen[i]!, p, (k) => ops.topK(own, k, seen.subarray(i, i + 1)).rows);
        const seenBy = (): ArrayLike<number> => flat(own).subarray(0, seen[i]);
        tellRow(ops, from + i, seenBy, { unit: 1, head, taken: rows.length });
        parts.push(rows);
      }
    }),
  );
  return rowLists(parts);
}

/** The fewest rows of largest weight whose sum reaches p, at least one. The search looks at more and more rows. */
function fewest(
  weights: Float32Array | Float64Array,
  visible: number,
  p: number,
  largest: (k: number) => Int32Array,
): Int32Array {
  const sumOf = (rows: ArrayLike<number>): number => {
    let sum = 0;
    for (let at = 0; at < rows.length; at++) sum += weights[rows[at]!]!;
    return sum;
  };
  let k = Math.min(64, visible);
  let rows = largest(k);
  while (k < visible && sumOf(rows) < p) {
    k = Math.min(4 * k, visible);
    rows = largest(k);
  }
  if (p >= 1) return largest(visible);
  const falling = [...rows].sort((a, b) => weights[b]! - weights[a]! || a - b);
  let [sum, count] = [0, 0];
  while (count < falling.length && (count === 0 || sum < p)) sum += weights[falling[count++]!]!;
  return Int32Array.from(falling.slice(0, count)).sort();
}
