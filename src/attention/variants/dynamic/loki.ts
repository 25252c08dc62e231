import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import { evenPositions } from "../../../core/places.ts";
import { rowNumbers } from "../../../core/tensor.ts";
import { scoresMemory } from "../../parts/chunks.ts";
import { directionsOf, keysAlong, queriesAlong } from "../../parts/directions.ts";
import { perHead } from "../../parts/per-head.ts";
import { selectTop, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/** Keys of a head, evenly over the context, of which the components are computed. */
const fitted = 4096;

/**
 * Loki: keys are stored along their principal components. A query is scored with the first `rank` numbers of every key,
 * and reads the k keys of largest score whole.
 *
 * Singhania et al. 2024, arXiv 2406.02542; code hpcgroup/loki. Defaults: a quarter of a head of 128. Each query head
 * chooses its own tokens. It is a decoding method here: ShadowKV's comparison, of which most measured scores are, reads
 * the prompt densely.
 */
export const loki = defineVariant({
  name: "loki",
  family: "dynamic",
  summary: "the k best tokens by the first principal components of the keys (Loki)",
  formula: [
    "P = the first `rank` principal components of the head's keys",
    "S = top-k of (q P^T) (K P^T)^T; o = sum_(i in S) p_i v_i, p = softmax over S of whole keys",
  ].join("\n"),
  sources: [
    {
      title: "Loki: Low-rank Keys for Efficient Sparse Attention",
      url: "https://arxiv.org/abs/2406.02542",
      where: "section 4, algorithm 1",
    },
    {
      title: "hpcgroup/loki",
      url: "https://github.com/hpcgroup/loki",
      where: "methods/pca_topk/utils.py, mask_attn_pca_topk; pca_analysis/pca.py",
    },
  ],
  differs: [
    `Components come from at most ${fitted} keys of the context itself, evenly over it; the source computes them once for a model, from keys of another text.`,
    "Keys are taken as they are stored, with their positions; the source takes them before or after the turn, whichever suits a model.",
  ],
  params: {
    rank: int("components of a key that are scored; all of a head if it has fewer", {
      default: 32,
      min: 1,
      sweep: [8, 16, 32, 64],
    }),
    k: int("tokens read per query", { default: 2048, min: 1, sweep: [256, 512, 1024, 2048, 4096] }),
  },
  prefill: "dense",
  budgetParam: "k",
  small: { rank: 3, k: 37 },
  prepare: ({ heads, headDim, contextEnd, bytesPerElement }, { rank }, ops) =>
    heads.map((head) => {
      const places = evenPositions(Math.min(fitted, contextEnd + 1), contextEnd);
      const rows = Array.from(places, (t) => rowNumbers(head.keys.tensor, t));
      const components = directionsOf(rows, true).slice(0, Math.min(rank, headDim));
      return { components, table: keysAlong(head, components, bytesPerElement, ops) };
    }),
  attend: ({ queries, cache, index, ops }, { k }) =>
    perHead(queries, cache, (read, { space }, h) => {
      const { components, table } = index[h]!;
      const asked = queriesAlong(read.queries, components);
      const rows = selectTop({ ...read, queries: asked, space, table, k, head: h }, ops, (q, t) =>
        ops.scores(q, t),
      );
      return softmaxRead({ ...read, spans: unitSpans(rows, 1, read.visible) }, ops);
    }),
  cost(shape, { rank, k }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const read = Math.min(k, tokens);
    const scored = Math.min(rank, headDim);
    return {
      flops:
        // the query and the new key are turned to the components first
        2 * (queryHeads + kvHeads) * headDim * headDim +
        2 * tokens * queryHeads * scored +
        attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      // the first numbers of the stored keys
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: tokens * kvHeads * scored * bytesPerElement,
    };
  },
  memory: (shape, { rank }) => ({
    ...scoresMemory(shape, shape.asked),
    kept: 4 * shape.tokens * shape.kvHeads * Math.min(rank, shape.headDim),
  }),
  denseAt: ({ tokens }) => ({ k: tokens }),
  noMeanField: "components follow the codes that many keys share, of which the mean field knows none",
});
