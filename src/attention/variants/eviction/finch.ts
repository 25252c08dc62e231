import { scoresMemory } from "../../parts/chunks.ts";
import { attendKept, budgetParam, keptCost, retained } from "../../parts/kept.ts";
import { eachRow } from "../../parts/votes.ts";
import type { Voters } from "../../parts/votes.ts";
import { defineVariant } from "../../variant.ts";

/** Tokens of a question whose memory is estimated: the length of a real one is not known before. */
const usualQuestion = 128;

/**
 * FINCH: keeps the keys that the question's queries attend to, and the question itself.
 *
 * Corallo and Papotti 2024, TACL; code NVIDIA/kvpress (finch_press.py): like SnapKV with the question as the window,
 * without pooling, and each query's weights times the number of keys before it. It always sees the question; of a prompt
 * without one the last token asks. The prompt itself is read densely.
 */
export const finch = defineVariant({
  name: "finch",
  family: "eviction",
  summary: "keeps what the question attends to, and the question (FINCH)",
  formula: [
    "vote_t = mean over the question's queries, at positions p, of p softmax(q K^T)_t",
    "kept = the question and the tokens of largest vote; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "Finch: Prompt-guided Key-Value Cache Compression for Large Language Models",
      url: "https://direct.mit.edu/tacl/article/doi/10.1162/tacl_a_00716/125280",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/finch_press.py",
    },
  ],
  differs: [
    "The context is compressed as a whole, as kvpress does without `chunk_length`; the paper compresses chunk by chunk.",
    "Keys keep their positions; the source rotates what is left to consecutive ones.",
  ],
  params: { budget: budgetParam("tokens kept, the question included") },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 200 },
  prepare(cache, { budget }, ops) {
    const question = Math.max(1, cache.tokens - 1 - cache.contextEnd);
    const voters = cache.observed(question, true);
    return retained(
      cache,
      { budget, recent: question, queryAware: true },
      (h, from) => countedVotes({ queries: voters, cache, h, ops }, from),
      ops,
    );
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  memory: (shape) => scoresMemory(shape, usualQuestion),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  noMeanField: "how many tokens of a question ask for one thing is not in the mean field",
});

/** (from) the sum over queries of their weights, each times the number of keys before the query. */
function countedVotes(voters: Voters, from: number): Float64Array {
  const sums = new Float64Array(from);
  eachRow(voters, true, (weights, visible) => {
    for (let t = 0; t < from; t++) sums[t]! += (visible - 1) * weights[t]!;
  });
  return sums;
}
