import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import { flat, rowsOf, tensor } from "../../../core/tensor.ts";
import type { RowLists } from "../../../core/tensor.ts";
import { inChunks, scoresMemory } from "../../parts/chunks.ts";
import { tellScores } from "../../parts/choices.ts";
import { joined, listAt } from "../../parts/lists.ts";
import { perHead } from "../../parts/per-head.ts";
import { tokensSeen } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import { defineVariant } from "../../variant.ts";
import type { AttendArguments } from "../../variant.ts";

interface VoteParams {
  readonly k: number;
  readonly sinks: number;
  readonly window: number;
}

/** Tokens between the first and the last ones of a query that sees `seen`; 0 if it reads all of them. */
const between = (seen: number, { k, sinks, window }: VoteParams): number =>
  sinks + k + window < seen ? seen - sinks - window : 0;

/**
 * The k tokens after the sinks with the most votes, for each query: (Q) lists, counted from the first token after the
 * sinks. Every query head votes with its weights on the tokens between.
 */
function voted({ queries, cache, ops }: AttendArguments, sizes: VoteParams): RowLists {
  const { group, count, scale } = queries;
  const { k, sinks } = sizes;
  const candidates = tokensSeen(queries).map((seen) => between(seen, sizes));
  const most = candidates.reduce((a, b) => Math.max(a, b), 0);
  // the source's kernel leaves out the factor 1 / sqrt d
  const unscaled = scale * Math.sqrt(cache.headDim);
  const parts: RowLists[] = [];
  inChunks(count, group * Math.max(1, most), (from, to) => {
    const seen = candidates.subarray(from, to);
    const votes = new Float64Array((to - from) * most);
    cache.heads.forEach(({ space, keys }, h) => {
      if (most === 0) return;
      space.scoped(() => {
        const rows = rowsOf(keys.tensor, sinks, sinks + most);
        const asked = rowsOf(queries.heads[h]!, from * group, to * group);
        const weights = ops.scores(asked, { ...keys, tensor: rows, kind: "index" });
        const visible = Int32Array.from(
          { length: (to - from) * group },
          (_, i) => seen[Math.floor(i / group)]!,
        );
        ops.softmax(weights, visible, unscaled);
        const all = flat(weights);
        for (let i = 0; i < visible.length; i++) {
          const at = Math.floor(i / group) * most;
          for (let t = 0; t < visible[i]!; t++) votes[at + t]! += all[i * most + t]!;
        }
      });
    });
    const scores = tensor(votes, [to - from, most]);
    tellScores(ops, scores, seen, { unit: 1, first: sinks, taken: k, grouped: true, firstRow: from });
    parts.push(ops.topK(scores, k, seen));
  });
  return joined(parts);
}

/**
 * TokenSelect: every head votes for tokens with its weights, and all heads read the k tokens with the most votes, the
 * first and the last tokens.
 *
 * Wu et al. 2024, arXiv 2411.02886; code pzs19/TokenSelect. Defaults: 2048 tokens, 128 first and 512 last ones. Used in
 * prefill as well.
 */
export const tokenSelect = defineVariant({
  name: "token-select",
  family: "dynamic",
  summary:
    "the k tokens for which all heads vote with their weights, the first and the last ones (TokenSelect)",
  formula: [
    "votes_t = sum over query heads of softmax(q . k_t), over the tokens between the first and the last ones",
    "S = top-k of votes for all heads, [0, sinks) and (position - window, position], or all if these are no fewer",
    "o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title:
        "TokenSelect: Efficient Long-Context Inference and Length Extrapolation for LLMs via Dynamic Token-Level KV Cache Selection",
      url: "https://arxiv.org/abs/2411.02886",
      where: "section 4",
    },
    {
      title: "pzs19/TokenSelect",
      url: "https://github.com/pzs19/TokenSelect",
      where: "patcher/token_retrieval.py, TokenRetriever; config/llama-token-retrieval.yaml",
    },
  ],
  differs: [
    "Keys have their positions; the source scores keys without them, with queries turned by the last tokens' length, and gives the chosen tokens new positions in a row, so that a model reads beyond its length.",
    "A query of prefill chooses for itself; the source's 512 queries of a chunk share the choice of their mean query.",
    "A query head asks its own kv head; the source's kernel has query head i ask kv head i mod Hkv.",
    "Choices are not shared between steps, as the source's code sets it; the paper lets similar queries share one.",
  ],
  params: {
    k: int("tokens chosen per query", { default: 2048, min: 1, sweep: [128, 512, 2048, 4096] }),
    sinks: int("first tokens that are always read", { default: 128, min: 0 }),
    window: int("last tokens that are always read, the query's own included", { default: 512, min: 1 }),
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 30, sinks: 4, window: 20 },
  prepare: () => undefined,
  attend(given, params) {
    const { queries, cache, ops } = given;
    const { sinks, window } = params;
    const chosen = voted(given, params);
    return perHead(queries, cache, (read) => {
      const spans = new Spans(read.visible.length, (i, add) => {
        const end = read.visible[i]!;
        if (between(end, params) === 0) {
          add(0, end);
          return;
        }
        if (sinks > 0) add(0, sinks);
        for (const row of listAt(chosen, Math.floor(i / queries.group))) add(sinks + row, sinks + row + 1);
        add(end - window, end);
      });
      return softmaxRead({ ...read, spans }, ops);
    });
  },
  cost(shape, params) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const scored = between(tokens, params);
    const read = Math.min(tokens, params.sinks + params.k + params.window);
    return {
      flops: 2 * scored * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: (scored + read) * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      // votes read the keys themselves
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: scored * kvHeads * headDim * bytesPerElement,
    };
  },
  memory: (shape) => scoresMemory(shape, shape.asked),
  denseAt: ({ tokens }) => ({ k: tokens }),
  noMeanField:
    "a sum of weights of several heads is decided by those that are sure, which has no closed form",
});
