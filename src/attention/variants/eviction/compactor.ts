import { int, real } from "../../../core/params.ts";
import { countBelow } from "../../../core/places.ts";
import { Random } from "../../../core/random.ts";
import { norm, rowNumbers, rowsOf } from "../../../core/tensor.ts";
import {
  attendKept,
  budgetParam,
  guaranteed,
  keptCost,
  queryAwareParam,
  retainedByAll,
} from "../../parts/kept.ts";
import type { Kept } from "../../parts/kept.ts";
import { leverage } from "../../parts/leverage.ts";
import { beforeTurn } from "../../parts/rotary.ts";
import { eachRow, pooled } from "../../parts/votes.ts";
import type { Voters } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/** Tokens over which attention is averaged, as in kvpress. */
const pool = 3;

/** Least standard deviation by which scores are divided, as in kvpress. */
const leastDeviation = 1e-6;

/** Tokens [sinks, from) are scored, attention in chunks. */
interface ChunkedScores {
  readonly from: number;
  readonly sinks: number;
  readonly chunk: number;
}

/**
 * Compactor: keeps keys that are unlike the others or get attention from their neighbours on both sides.
 *
 * Chari and Van Durme 2025, arXiv 2507.08143; code NVIDIA/kvpress (compactor_press.py, leverage_press.py,
 * non_causal_attention_press.py, adakv_press.py). Approximate leverage scores of the keys and attention without a causal
 * mask within chunks, each less its mean and divided by its standard deviation over all heads; leverage counts by the
 * share of tokens that are evicted. Heads divide the budget as with Ada-KV of kvpress; `floor` 1 gives each the same.
 * Defaults: kvpress's, the first 8 and last 4 tokens kept. The prompt itself is read densely.
 */
export const compactor = defineVariant({
  name: "compactor",
  family: "eviction",
  summary: "keeps outlying keys and those that their chunk attends to, one budget for all heads (Compactor)",
  formula: [
    "l_t = k_t (K^T K)^-1 k_t^T of centred keys in `sketch` random directions",
    "a_t = |v_t| sum over the queries of t's chunk of softmax over the chunk of q K^T, averaged over 3 tokens",
    "score = (1 - budget / N) z(l) + z(a), z over all heads",
    "kept = the first `sinks`, the last `recent`, each head's floor x budget best and the best of all heads; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "Compactor: Calibrated Query-Agnostic KV Cache Compression with Approximate Leverage Scores",
      url: "https://arxiv.org/abs/2507.08143",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/compactor_press.py",
    },
  ],
  differs: [
    "Leverage is that of keys before their rotary positions where those are known: where keys follow the text.",
    "A last chunk of fewer tokens is read as it is; kvpress fills it up with zeros, which take some weight.",
  ],
  params: {
    budget: budgetParam("tokens kept in the mean over heads, the first and last included"),
    sinks: int("first tokens that are always kept", { default: 8, min: 0 }),
    recent: int("last tokens that are always kept", { default: 4, min: 1 }),
    chunk: int("tokens that attend to each other", { default: 256, min: 1, sweep: [64, 256, 1024] }),
    sketch: int("random directions in which leverage is computed", { default: 48, min: 1, sweep: [16, 48] }),
    floor: real("part of an even share that every head keeps", { default: 0.2, min: 0, max: 1 }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180, chunk: 64, sketch: 8 },
  prepare(cache, { budget, sinks, recent, chunk, sketch, floor, queryAware }, ops): readonly Kept[] {
    const { tokens, heads, seed, rotary } = cache;
    return retainedByAll(
      cache,
      { budget, recent, queryAware },
      (from, end) => {
        if (from <= sinks) return heads.map(() => new Float64Array(from));
        const queries = cache.observed(end, queryAware, "even");
        const outlying = standardised(
          heads.map(({ keys }, h) =>
            leverage(
              (t) => {
                const key = rowNumbers(keys.tensor, t);
                return rotary ? beforeTurn(key, rotary, t) : key;
              },
              { from: sinks, to: from },
              { width: sketch, random: new Random(`${seed}/compactor/${h}`) },
            ),
          ),
        );
        const attended = standardised(
          heads.map((_, h) => chunkAttention({ queries, cache, h, ops }, { from, sinks, chunk })),
        );
        return outlying.map((own, h) => {
          const out = new Float64Array(from).fill(Infinity, 0, sinks);
          own.forEach((z, i) => {
            out[sinks + i] = (1 - budget / tokens) * z + attended[h]![i]!;
          });
          return out;
        });
      },
      { divide: guaranteed({ budget, floor }, ops), ops },
    );
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  memory: ({ tokens, kvHeads, queryHeads, headDim }, { sketch }) => ({
    // queries of all tokens, and a copy of a head's
    kept: 4 * tokens * headDim * (queryHeads + queryHeads / kvHeads),
    // a head's keys in the directions of leverage; scores of the heads
    scratch: 8 * tokens * (sketch + 4 * kvHeads),
  }),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  noMeanField: "leverage of keys and attention within chunks have no closed form",
});

/**
 * (from - sinks) the attention that each scored token gets from the queries of its chunk, times the length of its value,
 * averaged over 3 tokens. Logits are not divided by sqrt(d), as in kvpress.
 */
function chunkAttention(
  { queries, cache, h, ops }: Voters,
  { from, sinks, chunk }: ChunkedScores,
): Float64Array {
  const { positions, group } = queries;
  const head = cache.heads[h]!;
  const out = new Float64Array(from - sinks);
  for (let start = sinks; start < from; start += chunk) {
    const end = Math.min(from, start + chunk);
    const [first, last] = [countBelow(positions, start), countBelow(positions, end)];
    if (first === last) continue;
    const keys = { ...head.keys, tensor: rowsOf(head.keys.tensor, start, end) };
    const voters = {
      ...queries,
      heads: [rowsOf(queries.heads[h]!, first * group, last * group)],
      count: last - first,
      positions: new Int32Array(last - first).fill(end - start - 1),
      scale: queries.scale * Math.sqrt(cache.headDim),
    };
    eachRow(
      { queries: voters, cache: { ...cache, heads: [{ ...head, keys }] }, h: 0, ops },
      true,
      (weights) => {
        for (let t = 0; t < end - start; t++) out[start - sinks + t]! += weights[t]! / group;
      },
    );
  }
  for (let i = 0; i < out.length; i++) out[i]! *= norm(rowNumbers(head.values.tensor, sinks + i));
  return pooled(out, pool);
}

/** Scores less their mean over all heads, divided by their standard deviation. */
function standardised(scores: readonly Float64Array[]): Float64Array[] {
  const all = scores.flatMap((own) => [...own]);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const squares = all.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const deviation = Math.max(leastDeviation, Math.sqrt(squares / Math.max(1, all.length - 1)));
  return scores.map((own) => own.map((x) => (x - mean) / deviation));
}
