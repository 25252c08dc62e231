import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { flag, int } from "../../../core/params.ts";
import { flat, rowsOf, tensor } from "../../../core/tensor.ts";
import type { RowLists } from "../../../core/tensor.ts";
import { bestTokens, summedScores } from "../../mean-field/tokens.ts";
import { inChunks, scoresMemory } from "../../parts/chunks.ts";
import { tellScores } from "../../parts/choices.ts";
import { joined } from "../../parts/lists.ts";
import { perHead } from "../../parts/per-head.ts";
import { firstRows, meanOfGroup, selectTop, tokensSeen, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";
import type { AttendArguments } from "../../variant.ts";

/** The k tokens of largest score, summed over all heads (a group counts by its mean), for each query: (Q) lists. */
function sharedTop({ queries, cache, ops }: AttendArguments, k: number): RowLists {
  const { space } = cache.heads[0]!;
  const seen = tokensSeen(queries);
  const most = seen.reduce((a, b) => Math.max(a, b), 0);
  const asked = queries.heads.map((rows) => meanOfGroup(rows, queries));
  const parts: RowLists[] = [];
  inChunks(queries.count, most, (from, to) =>
    space.scoped(() => {
      const total = new Float64Array((to - from) * most);
      cache.heads.forEach(({ keys }, h) => {
        const table = firstRows({ ...keys, kind: "index" }, most);
        space.scoped(() => {
          flat(ops.scores(rowsOf(asked[h]!, from, to), table)).forEach((score, at) => (total[at]! += score));
        });
      });
      const scores = tensor(total, [to - from, most]);
      tellScores(ops, scores, seen.subarray(from, to), { unit: 1, taken: k, grouped: true, firstRow: from });
      parts.push(ops.topK(scores, k, seen.subarray(from, to)));
    }),
  );
  return joined(parts);
}

/**
 * Oracle top-k: each query reads the k keys whose exact scores are largest, in each head (the default) or one choice for
 * all heads by the sum of their scores. No machine gains by it, since finding them reads every key, which is counted as
 * index. No index is kept.
 *
 * Chosen for each head, no k tokens hold more of that head's dense weights: a bound on dense mass. It is no bound on gold
 * mass or on a score. A head's k largest weights need not be those of gold rows, and a choice that heads share averages
 * their noise: DSA beats it on MRCR at 256K tokens. The shared choice is that of a DSA whose index is exact.
 */
export const oracle = defineVariant({
  name: "oracle",
  family: "dynamic",
  summary: "the k keys with the largest exact scores, for each head or for all",
  formula: [
    "S = top-k of q K^T, in each head: no k tokens hold more of the head's dense weight (no bound on gold mass or score)",
    "shared: S = top-k of the sum of q_h K_h^T over heads h, for all heads, as DSA chooses with an exact index",
    "o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "Memory-efficient Transformers via Top-k Attention",
      url: "https://arxiv.org/abs/2106.06899",
      where: "section 2",
    },
    { title: "Loki: Low-rank Keys for Efficient Sparse Attention", url: "https://arxiv.org/abs/2406.02542" },
  ],
  params: {
    k: int("tokens read per query", {
      default: 2048,
      min: 1,
      sweep: [64, 128, 256, 512, 1024, 2048, 4096, 8192],
    }),
    shared: flag("whether all heads read one choice, by the sum of their scores", { default: false }),
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 37 },
  prepare: () => undefined,
  attend(given, { k, shared }) {
    const { queries, cache, ops } = given;
    const one = shared ? sharedTop(given, k) : undefined;
    return perHead(queries, cache, (read, { space, keys }, h) => {
      if (one) return softmaxRead({ ...read, spans: unitSpans(one, 1, read.visible, queries.group) }, ops);
      const table = { ...keys, kind: "index" } as const;
      const rows = selectTop({ ...read, space, table, k, head: h }, ops, (q, t) => ops.scores(q, t));
      return softmaxRead({ ...read, spans: unitSpans(rows, 1, read.visible) }, ops);
    });
  },
  cost(shape, { k }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const read = Math.min(k, tokens);
    return {
      flops: 2 * tokens * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: tokens * kvHeads * headDim * bytesPerElement,
    };
  },
  memory: (shape) => scoresMemory(shape, shape.asked),
  denseAt: ({ tokens }) => ({ k: tokens }),
  meanField: (crowd, { k, shared }) => [
    shared ? { ...bestTokens(crowd, k, summedScores(crowd)), shared } : bestTokens(crowd, k),
  ],
});
