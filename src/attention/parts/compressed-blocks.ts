import { flat, rowsOf, zeros } from "../../core/tensor.ts";
import type { RowLists, Tensor } from "../../core/tensor.ts";
import type { Ops, Space } from "../../engines/ops.ts";
import type { Read } from "../read.ts";
import { inChunks } from "./chunks.ts";
import { tellScores } from "./choices.ts";
import { joined } from "./lists.ts";
import { firstRows } from "./select.ts";

/** Compressed entries whose tokens all lie among the first `visible`. */
export const wholeEntries = (visible: number, block: number, stride: number): number =>
  visible < block ? 0 : Math.floor((visible - block) / stride) + 1;

/** Sizes of a selection of blocks by the weights of compressed entries. */
export interface BlockSelection {
  readonly block: number;
  readonly stride: number;
  readonly selectBlock: number;
  readonly selected: number;
  readonly initial: number;
  readonly local: number;
  /** score of a block: the sum of its entries' weights by overlap (NSA), or the largest (InfLLM-v2) */
  readonly pool?: "sum" | "max";
}

/** Read whose weights select blocks. */
interface SelectBy {
  /** read of the compressed entries */
  readonly summaries: Read;
  /** (Q G) tokens that each query row sees */
  readonly visible: Int32Array;
  /** query heads that share a selection */
  readonly group: number;
  /** kv head */
  readonly head: number;
  readonly space: Space;
}

/** Selected blocks of each query, shared by its group. */
export function selectBlocks(
  { summaries, visible, group, head, space }: SelectBy,
  choice: BlockSelection,
  ops: Ops,
): RowLists {
  const { queries, keys, scale, visible: entries } = summaries;
  const { selectBlock, selected } = choice;
  const most = Math.max(
    1,
    entries.reduce((a, b) => Math.max(a, b), 0),
  );
  const table = firstRows(keys, most);
  const blocks = Math.ceil(visible.reduce((a, b) => Math.max(a, b), 0) / selectBlock);
  const parts: RowLists[] = [];
  inChunks(visible.length / group, most * group, (from, to) => {
    const seen = Int32Array.from({ length: to - from }, (_, i) =>
      Math.ceil(visible[(from + i) * group]! / selectBlock),
    );
    const importance = zeros(to - from, blocks);
    space.scoped(() => {
      const weights = ops.scores(rowsOf(queries, from * group, to * group), table);
      ops.softmax(weights, entries.subarray(from * group, to * group), scale);
      for (let i = 0; i < to - from; i++) {
        const of = (rows: Tensor, row: number): Float32Array | Float64Array =>
          flat(rowsOf(rows, row, row + 1));
        const own = Array.from({ length: group }, (_, g) =>
          of(weights, i * group + g).subarray(0, entries[(from + i) * group + g]),
        );
        if (choice.pool === "max") raiseToLargest(own, of(importance, i), choice);
        else for (const row of own) addByOverlap(row, of(importance, i), choice);
      }
    });
    for (let i = 0; i < to - from; i++)
      forceBlocks(flat(rowsOf(importance, i, i + 1)).subarray(0, seen[i]), choice);
    tellScores(ops, importance, seen, {
      unit: selectBlock,
      head,
      taken: selected,
      grouped: true,
      firstRow: from,
    });
    parts.push(ops.topK(importance, selected, seen));
  });
  return joined(parts);
}

/** Adds each entry's weight to the blocks that it overlaps, in units of the stride: NSA's equation 9 for any sizes. */
function addByOverlap(
  weights: Float32Array | Float64Array,
  importance: Float32Array | Float64Array,
  { block, stride, selectBlock }: BlockSelection,
): void {
  for (let e = 0; e < weights.length; e++) {
    const [start, end] = [e * stride, e * stride + block];
    for (let b = Math.floor(start / selectBlock); b * selectBlock < end; b++) {
      const overlap = Math.min(end, (b + 1) * selectBlock) - Math.max(start, b * selectBlock);
      importance[b]! += (weights[e]! * overlap) / stride;
    }
  }
}

/** Raises blocks to the largest of their entries' weights, summed over the rows of a group. */
function raiseToLargest(
  rows: readonly (Float32Array | Float64Array)[],
  importance: Float32Array | Float64Array,
  { block, stride, selectBlock }: BlockSelection,
): void {
  for (let e = 0; e < rows[0]!.length; e++) {
    const weight = rows.reduce((sum, row) => sum + row[e]!, 0);
    const [start, end] = [e * stride, e * stride + block];
    for (let b = Math.floor(start / selectBlock); b * selectBlock < end; b++)
      importance[b] = Math.max(importance[b]!, weight);
  }
}

/** Ranks the query's own block first, then other local blocks, then initial blocks, above every sum of weights. */
function forceBlocks(importance: Float32Array | Float64Array, { initial, local }: BlockSelection): void {
  const own = importance.length - 1;
  importance.fill(2e9, 0, initial);
  importance.fill(3e9, Math.max(0, own + 1 - local));
  importance[own] = 4e9;
}
