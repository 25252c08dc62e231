import { flat, zeros } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Space } from "../../engines/ops.ts";
import type { CapturedTensors } from "../captured.ts";
import type { TensorShapes } from "../shapes.ts";

// Shared by variants that take the index of a capture in the place of their own.

/** (n, width) of head h of captured (heads, n, width), in a space. */
export function stored(captured: Tensor, space: Space, h = 0): Tensor {
  const [, rows, width] = captured.shape as [number, number, number];
  const own = space.empty(rows, width);
  flat(own).set(flat(captured).subarray(h * rows * width, (h + 1) * rows * width));
  return own;
}

/** (Q J, width): the rows of captured (J, Q, width), query by query. */
export function queryByQuery(captured: Tensor): Tensor {
  const [heads, count, width] = captured.shape as [number, number, number];
  const out = zeros(count * heads, width);
  for (let j = 0; j < heads; j++)
    for (let i = 0; i < count; i++)
      for (let c = 0; c < width; c++) out.set(i * heads + j, c, captured.get(j, i, c));
  return out;
}

/**
 * Tensors of a trained indexer, which chooses for all heads.
 *
 * @param instead departures that its weights take away; without `gates` its heads have no weights
 */
export const capturedIndex = <P extends { readonly indexHeads: number; readonly indexDim: number }>(
  keys: { readonly sizes: string; readonly count: (shapes: TensorShapes, params: P) => number },
  instead: { readonly index: readonly string[]; readonly gates?: readonly string[] },
): CapturedTensors<P> => ({
  indexQ: {
    doc: "queries of the indexer",
    sizes: "(indexHeads, Q, indexDim)",
    shape: ({ queries }, { indexHeads, indexDim }) => [indexHeads, queries, indexDim],
    needs: ["indexK"],
    insteadOf: instead.index,
  },
  indexK: {
    doc: "keys of the indexer",
    sizes: keys.sizes,
    shape: (shapes, params) => [1, keys.count(shapes, params), params.indexDim],
    needs: ["indexQ"],
  },
  ...(instead.gates && {
    gates: {
      doc: "weights of the index heads",
      sizes: "(indexHeads, Q, 1)",
      shape: ({ queries }, { indexHeads }) => [indexHeads, queries, 1],
      needs: ["indexQ"],
      insteadOf: instead.gates,
    },
  }),
});
