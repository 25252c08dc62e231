import { UsageError } from "../core/errors.ts";

/** Sizes of a cache and its queries. */
export type TensorShapes = Readonly<
  Record<"kvHeads" | "tokens" | "headDim" | "valueDim" | "queryHeads" | "queries", number>
>;

interface Shaped {
  readonly shape: readonly number[];
}

/** @throws UsageError if the shapes of k, v and q do not fit each other: what, got, allowed */
export function shapesOf(k: Shaped, v: Shaped, q: Shaped): TensorShapes {
  for (const [name, { shape }] of Object.entries({ q, k, v }))
    if (shape.length !== 3 || shape.includes(0))
      throw new UsageError(
        `${name} must have three dimensions (heads, rows, d), none 0; got (${shape.join(", ")})`,
      );
  const [kvHeads, tokens, headDim] = k.shape as [number, number, number];
  const [queryHeads, queries, width] = q.shape as [number, number, number];
  const [valueHeads, valueRows, valueDim] = v.shape as [number, number, number];
  if (valueHeads !== kvHeads || valueRows !== tokens)
    throw new UsageError(
      `v must have ${kvHeads} heads of ${tokens} rows, as k has; got ${valueHeads} of ${valueRows}`,
    );
  if (width !== headDim) throw new UsageError(`q must be ${headDim} wide, as k is; got ${width}`);
  if (queryHeads % kvHeads !== 0)
    throw new UsageError(`query heads must be a multiple of the ${kvHeads} kv heads; got ${queryHeads}`);
  if (queries > tokens) throw new UsageError(`q must have at most ${tokens} rows, as k has; got ${queries}`);
  return { kvHeads, tokens, headDim, valueDim, queryHeads, queries };
}
