import { performance } from "node:perf_hooks";
import { parseSpec } from "../../attention/spec.ts";
import type { AttentionSpec } from "../../attention/spec.ts";
import type { HeadCache, KeyValueCache, Queries } from "../../attention/cache.ts";
import { hash64 } from "../../core/random.ts";
import { rowsOf, zeros } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import { headSpaces, scopedAll } from "../../reader/numerics/workspace.ts";
import { resolveReader } from "../../reader/params.ts";

/** Variants and lengths to measure. Every variant is measured at every length. */
export interface ScalingSettings {
  readonly variants: readonly string[];
  /** tokens, ascending */
  readonly lengths: readonly number[];
  /** rounds over the variants of a length; each builds the index once */
  readonly rounds: number;
  /** seconds of queries in each round of a variant */
  readonly seconds: number;
}

/** Wall times of one variant at one length, in ms. */
export interface ScalingTimes {
  readonly spec: AttentionSpec;
  readonly tokens: number;
  /** of each query: one position, all heads */
  readonly attend: readonly number[];
  /** of building the index, in each round */
  readonly prepare: readonly number[];
}

/** Shape of the cache: the reader's kv heads, with one query head for each. */
export const shape = (({ kvHeads, headDim }) => ({ kvHeads, headDim }))(resolveReader());

/** Number of different queries. Successive calls then read different rows. */
const queryCount = 16;

/** Queries before the measurement, which warm caches and compile loops. */
const warmUps = 3;

/** Most calls of a round. */
const mostCalls = 200;

/**
 * Measures the time of a query at the last position, and of building the index, on a cache of random normal numbers. The
 * content of a cache changes the time of a query only through the selection.
 *
 * @param onTimes called with the times of each variant at a length
 */
export function measureScaling(
  ops: Ops,
  { variants, lengths, rounds, seconds }: ScalingSettings,
  onTimes: (times: ScalingTimes) => void,
): void {
  const specs = variants.map((variant) => parseSpec(variant));
  const longest = Math.max(...lengths);
  const heads = headSpaces(ops, shape.kvHeads).map((space, h): HeadCache => {
    const filled = (name: string): HeadCache["keys"] => {
      const tensor = space.empty(longest, shape.headDim);
      ops.fillNormal(tensor, hash64(`scaling/${name}/${h}`));
      return { tensor, kind: "kv", rowBytes: Float32Array.BYTES_PER_ELEMENT * shape.headDim };
    };
    return { space, keys: filled("key"), values: filled("value") };
  });
  for (const tokens of lengths) {
    const cache = cacheOf(ops, heads, tokens);
    const times = specs.map((spec) => ({ spec, tokens, attend: [] as number[], prepare: [] as number[] }));
    for (let round = 0; round < rounds; round++)
      for (const { spec, attend, prepare } of times)
        scopedAll(
          heads.map(({ space }) => space),
          () => {
            const [built, ms] = timed(() => spec.variant.prepare(cache, spec.params, ops));
            prepare.push(ms);
            attend.push(...queryTimes(spec, { cache, index: built, ops }, seconds / rounds));
          },
        );
    times.forEach(onTimes);
  }
}

function timed<T>(work: () => T): [T, number] {
  const start = performance.now();
  const result = work();
  return [result, performance.now() - start];
}

/** Times of successive queries, ms, for some seconds. */
function queryTimes(
  { variant, params }: AttentionSpec,
  prepared: { readonly cache: KeyValueCache; readonly index: unknown; readonly ops: Ops },
  seconds: number,
): number[] {
  const { cache, ops } = prepared;
  const all = randomQueries(ops, "query", queryCount);
  const times: number[] = [];
  let total = 0;
  for (let call = 0; call < warmUps + 1 || (call < mostCalls && total < 1000 * seconds); call++) {
    const i = call % queryCount;
    const one = queriesAt(
      all.map((rows) => rowsOf(rows, i, i + 1)),
      Int32Array.of(cache.tokens - 1),
      "decode",
    );
    const [, ms] = timed(() => variant.attend({ queries: one, ...prepared }, params));
    if (call < warmUps) continue;
    times.push(ms);
    total += ms;
  }
  return times;
}

/** Normal queries of every head: (count, d) each. */
const randomQueries = (ops: Ops, name: string, count: number): Tensor[] =>
  Array.from({ length: shape.kvHeads }, (_, h) => {
    const rows = zeros(count, shape.headDim);
    ops.fillNormal(rows, hash64(`scaling/${name}/${h}`));
    return rows;
  });

const queriesAt = (heads: readonly Tensor[], positions: Int32Array, phase: Queries["phase"]): Queries => ({
  heads,
  count: positions.length,
  group: 1,
  positions,
  scale: 1 / Math.sqrt(shape.headDim),
  phase,
});

/** A cache of the first tokens of the heads. */
const cacheOf = (ops: Ops, heads: readonly HeadCache[], tokens: number): KeyValueCache => ({
  tokens,
  headDim: shape.headDim,
  bytesPerElement: Float32Array.BYTES_PER_ELEMENT,
  seed: "scaling",
  contextEnd: tokens - 1,
  heads: heads.map(({ space, keys, values }) => ({
    space,
    keys: { ...keys, tensor: rowsOf(keys.tensor, 0, tokens) },
    values: { ...values, tensor: rowsOf(values.tensor, 0, tokens) },
  })),
  observed(count) {
    const size = Math.min(count, tokens);
    const positions = Int32Array.from({ length: size }, (_, i) => tokens - size + i);
    return queriesAt(randomQueries(ops, "observed", size), positions, "prefill");
  },
});
