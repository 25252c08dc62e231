import { parseShaping } from "../../src/attention/spec.ts";
import type { KeyValueCache, Queries } from "../../src/attention/cache.ts";
import { evenPositions } from "../../src/core/places.ts";
import { hash64 } from "../../src/core/random.ts";
import { flat, rowsOf, tensor, zeros } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import type { Ops, Space } from "../../src/engines/ops.ts";

/** Variants that need more of a cache than keys, values and queries. */
export const needsReader = ["kvzip"];

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export interface World {
  readonly tokens: number;
  readonly headDim?: number;
  readonly kvHeads?: number;
  readonly group?: number;
  /** where the queries stand; default: the last token */
  readonly positions?: readonly number[];
  /** tokens whose keys match query 0 */
  readonly needles?: readonly number[];
  readonly bytesPerElement?: number;
  readonly seed?: string;
  /** keys and values from this token on are other random numbers */
  readonly alteredFrom?: number;
  /** last token of the queries that prefill saw */
  readonly observedEnd?: number;
}

/** The factor on the logits of a query that sees n keys. @param shaping spec of a logit shaping */
export function logitFactor(shaping: string, n: number): number {
  const { shaping: by, params } = parseShaping(shaping);
  const queries: Queries = {
    heads: [tensor(Float64Array.of(1), [1, 1])],
    count: 1,
    group: 1,
    positions: Int32Array.of(n - 1),
    scale: 1,
    phase: "decode",
  };
  return by.shape(queries, params).heads[0]!.get(0, 0);
}

const normal = (ops: Ops, name: string, rows: number, width: number): Tensor => {
  const out = zeros(rows, width);
  ops.fillNormal(out, hash64(name));
  return out;
};

const spacesOfEngine = new WeakMap<Ops, Space[]>();

const headSpace = (ops: Ops, h: number): Space => {
  const spaces = spacesOfEngine.get(ops) ?? [];
  spacesOfEngine.set(ops, spaces);
  return (spaces[h] ??= ops.space(`kv head ${h}`));
};

/** Gives back the memory of every world made on an engine. */
export const clearWorlds = (ops: Ops): void => {
  for (const space of spacesOfEngine.get(ops) ?? []) space.clear();
};

/** A random cache and random queries, the same for the same seed on every engine; scale 1.25 / sqrt(d). */
export function world(
  ops: Ops,
  {
    tokens,
    headDim = 16,
    kvHeads = 2,
    group = 1,
    positions = [tokens - 1],
    needles = [],
    bytesPerElement = 2,
    seed = "world",
    alteredFrom = tokens,
    observedEnd = tokens - 1,
  }: World,
): { cache: KeyValueCache; queries: Queries } {
  const scale = 1.25 / Math.sqrt(headDim);
  const heads = Array.from({ length: kvHeads }, (_, h) =>
    normal(ops, `${seed}/q/${h}`, positions.length * group, headDim),
  );
  const stored = (h: number, role: string): Tensor => {
    const own = headSpace(ops, h).empty(tokens, headDim);
    flat(own).set(flat(normal(ops, `${seed}/${role}/${h}`, tokens, headDim)));
    if (alteredFrom < tokens)
      flat(rowsOf(own, alteredFrom, tokens)).set(
        flat(normal(ops, `${seed}/${role}/${h}/altered`, tokens - alteredFrom, headDim)),
      );
    return own;
  };
  const rowBytes = headDim * bytesPerElement;
  return {
    queries: {
      heads,
      count: positions.length,
      group,
      positions: Int32Array.from(positions),
      scale,
      phase: "decode",
    },
    cache: {
      tokens,
      headDim,
      bytesPerElement,
      seed,
      contextEnd: observedEnd,
      spanEnds: Int32Array.from({ length: Math.ceil(tokens / 7) }, (_, i) => 7 * i),
      heads: heads.map((queries, h) => {
        const keys = stored(h, "k");
        for (const needle of needles) flat(rowsOf(keys, needle, needle + 1)).set(flat(rowsOf(queries, 0, 1)));
        return {
          space: headSpace(ops, h),
          keys: { tensor: keys, kind: "kv", rowBytes },
          values: { tensor: stored(h, "v"), kind: "kv", rowBytes },
        };
      }),
      repeated: (wanted) => ({
        heads: heads.map((_, h) => {
          const rows = zeros(wanted.length * group, headDim);
          const ids = Uint32Array.from([...wanted].flatMap((t) => range(group).flatMap((g) => [t, g])));
          ops.fillNormal(rows, hash64(`${seed}/repeated/${h}`), ids);
          return rows;
        }),
        count: wanted.length,
        group,
        positions: wanted.map(() => wanted.at(-1)!),
        scale,
        phase: "prefill",
      }),
      observed: (count, _, spread) => {
        const size = Math.min(count, observedEnd + 1);
        return {
          heads: heads.map((_, h) => normal(ops, `${seed}/observed/${h}`, size * group, headDim)),
          count: size,
          group,
          positions:
            spread === "even"
              ? evenPositions(size, observedEnd)
              : Int32Array.from({ length: size }, (_, i) => observedEnd - size + 1 + i),
          scale,
          phase: "prefill",
        };
      },
    },
  };
}
