import { hash64 } from "../../core/random.ts";
import { flat, norm, rowsOf } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { contentWidth } from "../geometry/position.ts";
import type { Workspace } from "./workspace.ts";

/** Directions that queries of a head look along, drawn at random: (M, d), as many as its content has channels at most. */
export function drawDirections(
  { ops, spaces, seed, params: { headDim } }: Workspace,
  head: number,
  count: number,
): Tensor {
  const rows = spaces[head]!.empty(Math.min(count, contentWidth(headDim)), headDim);
  ops.fillNormal(rows, hash64(`${seed}/text/${head}/directions`));
  return rows;
}

/**
 * Turns rows, (n, d) in place, to sums of directions, which their first numbers weigh. Each keeps the length of its
 * content.
 *
 * @param directions (M, d); undefined: the rows stay
 */
export function alongDirections(rows: Tensor, directions: Tensor | undefined): Tensor {
  if (directions === undefined) return rows;
  const [count, d] = directions.shape as [number, number];
  const width = contentWidth(d);
  const ways = flat(directions);
  const sum = new Float64Array(width);
  for (let i = 0; i < rows.shape[0]!; i++) {
    const content = flat(rowsOf(rows, i, i + 1)).subarray(0, width);
    const length = norm(content);
    sum.fill(0);
    for (let way = 0; way < count; way++) {
      const [weight, from] = [content[way]!, way * d];
      for (let c = 0; c < width; c++) sum[c]! += weight * ways[from + c]!;
    }
    const factor = length / norm(sum);
    for (let c = 0; c < width; c++) content[c] = factor * sum[c]!;
  }
  return rows;
}
