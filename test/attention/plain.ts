import { variants } from "../../src/attention/registry.ts";
import type { AttentionResult } from "../../src/attention/read.ts";
import type { KeyValueCache, Queries } from "../../src/attention/cache.ts";
import { resolveParams } from "../../src/core/params.ts";
import type { AnyParams } from "../../src/core/params.ts";
import { rowNumbers } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { world } from "./fixtures.ts";
import type { World } from "./fixtures.ts";

// Helpers of tests that state a definition in the plainest words: one head, one query, lists of numbers.

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, c) => sum + x * b[c]!, 0);
export const mean = (rows: readonly number[][]): number[] =>
  rows[0]!.map((_, c) => rows.reduce((sum, row) => sum + row[c]!, 0) / rows.length);
export const softmax = (scores: readonly number[]): number[] => {
  const exps = scores.map((s) => Math.exp(s - Math.max(...scores)));
  const total = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / total);
};
export const best = (scores: readonly number[], k: number): number[] =>
  range(scores.length)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, k)
    .sort((a, b) => a - b);
export const unit = (u: number, size: number, end: number): number[] =>
  range(size)
    .map((t) => u * size + t)
    .filter((t) => t < end);

export interface Plain {
  readonly q: number[];
  readonly keys: number[][];
  readonly values: number[][];
  readonly scale: number;
  readonly cache: KeyValueCache;
  readonly queries: Queries;
  readonly run: (name: string, params: AnyParams) => AttentionResult;
  /** rows that query row 0 reads */
  readonly rows: (name: string, params: AnyParams) => number[];
}

export function plain(shape: World): Plain {
  const ops = referenceEngine();
  const { cache, queries } = world(ops, { kvHeads: 1, headDim: 8, ...shape });
  const row = (t: (c: number) => number): number[] => range(8).map(t);
  const run = (name: string, params: AnyParams): AttentionResult => {
    const variant = variants.get(name);
    const all = resolveParams(name, variant.params, params);
    return variant.attend({ queries, cache, index: variant.prepare(cache, all, ops), ops }, all);
  };
  return {
    q: row((c) => queries.heads[0]!.get(0, c)),
    keys: range(shape.tokens).map((t) => row((c) => rowNumbers(cache.heads[0]!.keys.tensor, t)[c]!)),
    values: range(shape.tokens).map((t) => row((c) => rowNumbers(cache.heads[0]!.values.tensor, t)[c]!)),
    scale: queries.scale,
    cache,
    queries,
    run,
    rows(name, params) {
      const head = run(name, params).heads[0]!;
      return range(shape.tokens).filter((t) => head.reads(0, t));
    },
  };
}
