import { shapesOf } from "../../attention/shapes.ts";
import type { TensorShapes } from "../../attention/shapes.ts";
import type { StoredHeads } from "../../attention/tensors.ts";
import { UsageError } from "../../core/errors.ts";
import { withTensorFiles } from "../../files/tensor-file.ts";
import { factsKey, factsOf } from "./facts.ts";

/** One layer of a capture, in its file. */
export interface StoredLayer {
  /** (queryHeads, Q, d) the last queries */
  readonly q: StoredHeads;
  /** (kvHeads, N, d) */
  readonly k: StoredHeads;
  /** (kvHeads, N, value width) */
  readonly v: StoredHeads;
}

/** A capture of the attention of a model, of which nothing is in memory. */
export interface StoredCapture {
  readonly layers: number;
  /** of each layer, `queries` being those that are measured */
  readonly shapes: TensorShapes;
  /** token that holds what a query asks for, by the query's place among the measured ones; empty where none is known */
  readonly facts: ReadonlyMap<number, number>;
  layer(l: number): StoredLayer;
}

/** Tensors of a capture. */
const names = ["q", "k", "v"] as const;

/**
 * Opens the tensors q, k and v, each (layers, heads, tokens, d), of a .safetensors file, and works with them. Its metadata
 * may say what queries ask for (facts.ts).
 *
 * @param queries last queries of each head that are measured, at most
 * @throws UsageError for a file that cannot be read, and shapes that do not fit each other
 */
export function withCapture<T>(
  path: string,
  queries: number,
  work: (capture: StoredCapture) => Promise<T>,
): Promise<T> {
  if (!path.endsWith(".safetensors"))
    throw new UsageError(`a capture is a .safetensors file with the tensors q, k and v; got ${path}`);
  return withTensorFiles({ q: path, k: path, v: path }, (files) => {
    for (const name of names) {
      const { shape } = files[name];
      if (shape.length !== 4 || shape.includes(0))
        throw new UsageError(
          `${name} of a capture must have four dimensions (layers, heads, tokens, d), none 0; got (${shape.join(", ")})`,
        );
      if (shape[0] !== files.k.shape[0])
        throw new UsageError(`${name} must have ${files.k.shape[0]!} layers, as k has; got ${shape[0]!}`);
    }
    const [q, k, v] = names.map((name) => ({ shape: files[name].shape.slice(1) }));
    const all = shapesOf(k!, v!, q!);
    const shapes = { ...all, queries: Math.min(queries, all.queries) };
    return work({
      layers: files.k.shape[0]!,
      shapes,
      facts: factsOf(files.k.metadata()[factsKey], shapes),
      layer: (l) => ({
        q: lastRows(files.q.sequence(l), shapes.queries),
        k: files.k.sequence(l),
        v: files.v.sequence(l),
      }),
    });
  });
}

/** The last rows of each head. */
function lastRows(all: StoredHeads, count: number): StoredHeads {
  const [heads, rows, width] = all.shape as [number, number, number];
  return {
    shape: [heads, count, width],
    readRows: (h, first, out) => {
      all.readRows(h, rows - count + first, out);
    },
  };
}
