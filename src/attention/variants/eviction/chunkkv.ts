import { int } from "../../../core/params.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { pooled, voteSums } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/**
 * ChunkKV: SnapKV's votes, by which whole chunks of tokens are kept, the same for all heads.
 *
 * Liu et al. 2025, arXiv 2502.00299; code NVIDIA/kvpress (chunkkv_press.py over snapkv_press.py). A chunk's score is the
 * mean of its tokens' votes, summed over the heads. Defaults: chunks of 20 tokens as kvpress's leaderboard has them,
 * window 64 and pool 5. The prompt itself is read densely. `queryAware` decides whether the last queries are those of
 * the question or end the context before it.
 */
export const chunkkv = defineVariant({
  name: "chunkkv",
  family: "eviction",
  summary: "SnapKV that keeps whole chunks, the same for all heads (ChunkKV)",
  formula: [
    "vote_ht = sum over the last `window` queries of softmax(q K^T)_t of head h, average-pooled over `pool` tokens",
    "score of a chunk = mean over its tokens of the sum over heads of vote_ht",
    "kept = the last `window` and the chunks of largest score; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "ChunkKV: Semantic-Preserving KV Cache Compression for Efficient Long-Context LLM Inference",
      url: "https://arxiv.org/abs/2502.00299",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/chunkkv_press.py, snapkv_press.py",
    },
  ],
  differs: [
    "The last chunk that finds room is kept in part, its first tokens, so that the budget is used up; kvpress keeps whole chunks, up to one fewer.",
    "Tokens of the window are kept one by one, and the chunk before them ends where they begin; in kvpress they give their chunks the largest votes.",
    "Layers do not share choices, as they may in the paper.",
  ],
  params: {
    budget: budgetParam("tokens kept, the window included"),
    chunk: int("tokens of a chunk", { default: 20, min: 1, sweep: [5, 10, 20, 40] }),
    window: int("last queries that vote, whose tokens are always kept", { default: 64, min: 1 }),
    pool: int("tokens over which votes are averaged", { default: 5, min: 1 }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200, window: 10 },
  prepare(cache, { budget, chunk, window, pool, queryAware }, ops) {
    const voters = cache.observed(window, queryAware);
    const ofChunks = (from: number): Float64Array => {
      const sums = new Float64Array(from);
      for (let h = 0; h < cache.heads.length; h++) {
        const votes = pooled(voteSums({ queries: voters, cache, h, ops }, from), pool);
        for (let t = 0; t < from; t++) sums[t]! += votes[t]!;
      }
      return chunkMeans(sums, chunk);
    };
    let shared: Float64Array | undefined;
    return retained(
      cache,
      { budget, recent: window, queryAware },
      (_, from) => (shared ??= ofChunks(from)),
      ops,
    );
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  memory: (shape, { window }) => scoresMemory(shape, window),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  noMeanField: "a chunk's score also depends on what stands beside a record in it",
});

/** Each score replaced by the mean of its chunk. */
function chunkMeans(scores: Float64Array, chunk: number): Float64Array {
  const out = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += chunk) {
    const own = scores.subarray(start, start + chunk);
    out.fill(own.reduce((a, b) => a + b, 0) / own.length, start, start + chunk);
  }
  return out;
}
