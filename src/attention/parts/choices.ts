import { flat, rowsOf } from "../../core/tensor.ts";
import type { RowLists, Tensor } from "../../core/tensor.ts";
import type { Choice } from "../../engines/choice.ts";
import type { Ops } from "../../engines/ops.ts";
import { listAt } from "./lists.ts";

// Tells whoever watches an engine (engines/choice.ts) by which scores rows were chosen. Nothing is copied where nobody
// looks.

/** Units that scores rank. */
interface RankedUnits extends Pick<Choice, "head" | "grouped" | "unit" | "taken"> {
  /** default: 0 */
  readonly first?: number;
}

/**
 * Tells the scores (rows, units) by which each row of queries chooses among the first `visible` units.
 *
 * @param units with the row of the queries that the first row of scores is for; default: 0
 */
export function tellScores(
  ops: Ops,
  scores: Tensor,
  visible: Int32Array,
  { firstRow = 0, ...units }: RankedUnits & { readonly firstRow?: number },
): void {
  if (ops.onChoice === undefined) return;
  visible.forEach((seen, i) => {
    tellRow(ops, firstRow + i, () => flat(rowsOf(scores, i, i + 1)).subarray(0, seen), units);
  });
}

/** Tells the scores of the units by which one row of queries chooses. */
export const tellRow = (
  ops: Ops,
  row: number,
  scoresOf: () => ArrayLike<number>,
  { first = 0, ...units }: RankedUnits,
): void => ops.onChoice?.({ kind: "read", ...units, first, row, scores: Float64Array.from(scoresOf()) });

/** Tells the scores of listed units, one for each entry of the lists; units that are not listed were no candidates. */
export function tellListed(
  ops: Ops,
  lists: RowLists,
  scores: ArrayLike<number>,
  { first = 0, ...units }: RankedUnits,
): void {
  const { onChoice } = ops;
  if (onChoice === undefined) return;
  for (let row = 0; row + 1 < lists.offsets.length; row++) {
    const own = listAt(lists, row);
    if (own.length === 0) continue;
    const all = new Float64Array(own.at(-1)! + 1).fill(NaN);
    own.forEach((unit, at) => (all[unit] = scores[lists.offsets[row]! + at]!));
    onChoice({ kind: "read", ...units, first, row, scores: all });
  }
}

/** Tells the scores by which head h keeps `taken` of its first tokens. */
export function tellKept(ops: Ops, head: number, scores: Float64Array, taken: number): void {
  ops.onChoice?.({ kind: "keep", head, first: 0, unit: 1, scores: scores.slice(), taken });
}
