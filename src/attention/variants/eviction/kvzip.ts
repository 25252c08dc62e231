import { UsageError } from "../../../core/errors.ts";
import { flag, int } from "../../../core/params.ts";
import { flat, rowNumbers } from "../../../core/tensor.ts";
import type { Ops } from "../../../engines/ops.ts";
import type { HeadCache, KeyValueCache, Queries } from "../../cache.ts";
import { chunkBytes } from "../../parts/chunks.ts";
import {
  attendKept,
  budgetParam,
  keptBy,
  keptCost,
  largestOfAll,
  queryAwareParam,
  split,
} from "../../parts/kept.ts";
import type { Kept } from "../../parts/kept.ts";
import { eachRow } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/** Tokens that are repeated. */
interface Repetition {
  /** keys [0, from) are scored */
  readonly from: number;
  readonly sinks: number;
  readonly chunk: number;
}

/**
 * KVzip: the model repeats the prompt, and each head keeps the keys that were needed for it.
 *
 * Kim et al. 2025, arXiv 2505.23416; code NVIDIA/kvpress (kvzip_press.py). A key's score is the largest weight that any
 * query of the second reading gives it, among the keys of its chunk of 2,048 tokens and the first 4 tokens, which are
 * always kept. The heads of all
 * layers share one budget, unless `layerwise`. The prompt itself is read densely, and then once more. It never sees the question
 * unless `queryAware` makes it a part of what is repeated; otherwise its keys are kept.
 */
export const kvzip = defineVariant({
  name: "kvzip",
  family: "eviction",
  summary: "keeps the keys that repeating the prompt needs (KVzip)",
  formula: [
    "score_ht = max over the queries that repeat t's chunk of softmax over the sinks and the chunk of q K^T of head h, at t",
    "kept = each head's sinks and the largest scores of all heads, heads x budget in all; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "KVzip: Query-Agnostic KV Cache Compression with Context Reconstruction",
      url: "https://arxiv.org/abs/2505.23416",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/kvzip_press.py",
    },
  ],
  differs: [
    "Queries of the second reading compete for the keys of the prompt alone; in the source also for those of the tokens repeated so far.",
    "The words that ask for the repetition have no queries.",
    "Heads that look for nothing, of which the source has some in every layer, compete with what they read of the prompt and not of the repetition; a cache that knows of none has one layer.",
  ],
  params: {
    budget: budgetParam("tokens kept in the mean over heads, the sinks included"),
    sinks: int("first tokens that are always kept", { default: 4, min: 1 }),
    chunk: int("tokens that are repeated at a time", { default: 2048, min: 1, sweep: [256, 1024, 2048] }),
    layerwise: flag("whether each layer has a budget of its own", { default: false }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180, chunk: 64 },
  prepare(cache, { budget, sinks, chunk, layerwise, queryAware }, ops): readonly Kept[] {
    const { tokens, heads, repeated, idle } = cache;
    if (repeated === undefined)
      throw new UsageError(
        "kvzip needs the queries of a second reading of the prompt, which tensors do not have; use `attnsim run`, whose reader makes them",
      );
    if (tokens <= budget) return heads.map(() => ({ rows: firstTokens(0), from: 0 }));
    const { from, room } = split(cache, { budget, recent: 0, queryAware });
    if (room <= sinks) return heads.map(() => ({ rows: firstTokens(Math.max(0, room)), from }));
    const repetition = { from, sinks, chunk };
    const scores = largestWeights(cache, repeated, repetition, ops);
    const others = idle && !layerwise ? largestWeights(cache, idle.repeated, repetition, ops) : [];
    const all = [...scores, ...others.flatMap((own) => Array.from({ length: idle!.count }, () => own))];
    return keptBy(scores, largestOfAll(all, room, ops).slice(0, scores.length), from, ops);
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  memory({ tokens, kvHeads, queryHeads, headDim }, { sinks, chunk }) {
    const queries = (Math.min(chunk, tokens) * queryHeads) / kvHeads;
    const keys = Math.min(tokens, chunk + sinks);
    return {
      scores: chunkBytes(queries, keys) + 4 * keys * headDim,
      // queries of a chunk, and as they would be without noise
      scratch: 8 * kvHeads * queries * headDim,
    };
  },
  denseAt: ({ tokens }) => ({ budget: tokens }),
  noMeanField: "a second reading of the prompt is not in the mean field",
});

const firstTokens = (count: number): Int32Array => Int32Array.from({ length: count }, (_, t) => t);

/** For each head (from) the largest weight that a query of the second reading gives to each key. */
function largestWeights(
  cache: KeyValueCache,
  repeated: NonNullable<KeyValueCache["repeated"]>,
  { from, sinks, chunk }: Repetition,
  ops: Ops,
): Float64Array[] {
  const scores = cache.heads.map(() => new Float64Array(from));
  for (let start = 0; start < from; start += chunk) {
    const end = Math.min(from, start + chunk);
    const first = Math.min(sinks, start);
    const queries = repeated(Int32Array.from({ length: end - start }, (_, i) => start + i));
    cache.heads.forEach((head, h) => {
      head.space.scoped(() => {
        const own = scores[h]!;
        const keys = copied(head, first, start, end);
        const among = { ...cache, heads: cache.heads.map((other, i) => (i === h ? keys : other)) };
        eachRow({ queries: seeing(queries, first + end - start), cache: among, h, ops }, true, (weights) => {
          for (let t = start; t < end; t++) own[t] = Math.max(own[t]!, weights[first + t - start]!);
        });
      });
    });
  }
  for (const own of scores) own.fill(Infinity, 0, sinks);
  return scores;
}

/** A head with a copy of its keys [0, first) and [start, end) alone. */
function copied({ space, keys, values }: HeadCache, first: number, start: number, end: number): HeadCache {
  const width = keys.tensor.shape[1];
  const rows = space.empty(first + end - start, width);
  for (let t = 0; t < first; t++) flat(rows).set(rowNumbers(keys.tensor, t), t * width);
  for (let t = start; t < end; t++) flat(rows).set(rowNumbers(keys.tensor, t), (first + t - start) * width);
  return { space, keys: { ...keys, tensor: rows }, values };
}

/** Queries that see `count` keys each. */
const seeing = (queries: Queries, count: number): Queries => ({
  ...queries,
  positions: queries.positions.map(() => count - 1),
});
