import { attentionFlops, keyValueBytes } from "../core/cost.ts";
import { flag, int } from "../core/params.ts";
import { flat, rowsOf, tensor } from "../core/tensor.ts";
import type { Ops } from "../kernels/ops.ts";
import { perHead } from "./per-head.ts";
import { softmaxRead } from "./result.ts";
import { firstRows, inChunks, visibleRows } from "./select.ts";
import { Spans } from "./spans.ts";
import { defineVariant } from "./variant.ts";
import type { HeadCache, Queries } from "./variant.ts";

/**
 * SnapKV: when the prompt has been read, each head keeps the keys that the prompt's last queries attended to, and
 * the last ones; the others are gone for good.
 *
 * Li et al. 2024, arXiv 2404.14469; code FasterDecoding/SnapKV (snapkv_utils.py) and NVIDIA/kvpress. Votes are the
 * attention weights of the last `window` queries, summed, average-pooled over `pool` tokens, and averaged over a
 * group's query heads as kvpress does (the source keeps keys for each query head). Defaults: budget 2048 and pool 5 as
 * the source sets them, window 64 as in the paper's experiments and kvpress. The prompt itself is read densely.
 * `queryAware` decides whether the last queries are those of the question or end the context before it. Then the
 * question's own keys, which come later, are kept too, within the budget, so that kept bytes are what they say.
 * Where the budget is no larger than the window, the last tokens of the budget stay.
 */
export const snapkv = defineVariant({
  name: "snapkv",
  family: "eviction",
  summary: "keeps what the prompt's last queries attended to, evicts the rest (SnapKV)",
  formula: [
    "vote_t = sum over the last `window` queries of softmax(q K^T)_t, average-pooled over `pool` tokens",
    "kept = the budget - window tokens of largest vote and the last `window`; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "SnapKV: LLM Knows What You are Looking for Before Generation",
      url: "https://arxiv.org/abs/2404.14469",
      where: "section 4, listing 1",
    },
    {
      title: "FasterDecoding/SnapKV",
      url: "https://github.com/FasterDecoding/SnapKV",
      where: "snapkv/monkeypatch/snapkv_utils.py",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/snapkv_press.py",
    },
  ],
  params: {
    budget: int("tokens kept, the window included", {
      default: 2048,
      min: 1,
      sweep: [256, 512, 1024, 2048, 4096, 8192],
    }),
    window: int("last queries that vote, whose tokens are always kept", {
      default: 64,
      min: 1,
      sweep: [16, 32, 64, 128],
    }),
    pool: int("tokens over which votes are averaged", { default: 5, min: 1, sweep: [1, 3, 5, 7, 13] }),
    queryAware: flag("whether the voting queries are the question's", { default: false }),
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200, window: 10 },
  prepare(cache, { budget, window, pool, queryAware }, ops): readonly Kept[] {
    const { tokens, heads } = cache;
    if (tokens <= budget) return heads.map(() => ({ rows: new Int32Array(0), from: 0 }));
    const voters = cache.observed(window, queryAware);
    const end = voters.positions.at(-1)! + 1;
    const from = Math.max(end - window, tokens - budget);
    const room = budget - (tokens - from);
    return heads.map((head, h) => {
      if (room === 0) return { rows: new Int32Array(0), from };
      const votes = pooled(voteSums(voters, head, h, from, ops), pool);
      return { rows: ops.topK(tensor(votes, [1, from]), room, Int32Array.of(from)).rows, from };
    });
  },
  attend: (queries, cache, kept, _params, ops) =>
    perHead(queries, cache, (read, _head, h) => {
      const { rows, from } = kept[h]!;
      const spans = new Spans(read.visible.length, (i, add) => {
        for (const row of rows) if (row < read.visible[i]!) add(row, row + 1);
        add(from, read.visible[i]!);
      });
      return softmaxRead({ ...read, spans }, ops);
    }),
  cost(shape, { budget }) {
    const kept = Math.min(budget, shape.tokens);
    return {
      flops: attentionFlops(shape, kept),
      exponentials: kept * shape.queryHeads,
      keptBytes: keyValueBytes(shape, kept),
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, kept),
      indexReadBytes: 0,
    };
  },
  denseAt: ({ tokens }) => ({ budget: tokens }),
});

/** What one kv head keeps: single rows, ascending, and every row from one on. */
interface Kept {
  readonly rows: Int32Array;
  readonly from: number;
}

/** (from) the weight that all voting queries together give to each key before `from`. */
function voteSums(
  voters: Queries,
  { space, keys }: HeadCache,
  h: number,
  from: number,
  ops: Ops,
): Float64Array {
  const visible = visibleRows(voters);
  const end = visible.at(-1)!;
  const sums = new Float64Array(from);
  inChunks(visible.length, end, (first, last) =>
    space.scoped(() => {
      const weights = ops.scores(rowsOf(voters.heads[h]!, first, last), firstRows(keys, end));
      ops.softmax(weights, visible.subarray(first, last), voters.scale);
      for (let row = 0; row < last - first; row++) {
        const of = flat(rowsOf(weights, row, row + 1));
        for (let t = 0; t < from; t++) sums[t]! += of[t]!;
      }
    }),
  );
  return sums;
}

/** Means over `pool` neighbours; what lies outside counts as 0, as in the source's pooling. */
function pooled(votes: Float64Array, pool: number): Float64Array {
  const reach = Math.floor(pool / 2);
  return votes.map((_, t) => {
    let sum = 0;
    for (let n = Math.max(0, t - reach); n < Math.min(votes.length, t - reach + pool); n++) sum += votes[n]!;
    return sum / pool;
  });
}
