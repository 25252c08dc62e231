import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import type { RowLists } from "../../../core/tensor.ts";
import type { Ops, Table } from "../../../engines/ops.ts";
import { descends } from "../../mean-field/descent.ts";
import { readsEnds, withLast } from "../../mean-field/reads.ts";
import { emptyLists, listAt } from "../../parts/lists.ts";
import { tellListed } from "../../parts/choices.ts";
import { perHead } from "../../parts/per-head.ts";
import { bestListed, tokensOfUnits, unitAndCurrentSpans, unitsBefore } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Levels above the tokens. The highest has at most as many nodes as the beam has children, so that nothing is cut
 * there.
 */
function levelsOf(tokens: number, branching: number, beam: number): number {
  let levels = 1;
  while (Math.ceil(tokens / branching ** levels) > beam * branching) levels++;
  return levels;
}

/** Number of nodes that the last token's query scores, and of leaves that it keeps. */
function descent(tokens: number, branching: number, beam: number): { scored: number; leaves: number } {
  let [scored, kept, above] = [0, 0, 0];
  for (let level = levelsOf(tokens, branching, beam); level >= 1; level--) {
    const whole = Math.floor((tokens - 1) / branching ** level);
    const candidates = kept * branching + (whole - above * branching);
    scored += candidates;
    kept = Math.min(beam, candidates);
    above = whole;
  }
  return { scored, leaves: kept };
}

/**
 * A tree of block means: a node is the mean of its children, a leaf the mean of `branching` tokens. A query descends
 * from the top and keeps the `beam` best nodes of each level. It reads the tokens of the leaves that it ends with, and
 * of the leaf that it stands in.
 *
 * Tree search over blocks is that of HiP (Lee et al. 2024, arXiv 2406.09827), whose nodes are represented by one of
 * their tokens; means are those of MoBA. Defaults: branching 16, beam 32, so 512 tokens and about 500 nodes a level.
 * Only whole nodes before the query's own leaf are scored: if a query cuts a node, the node's whole children
 * take part on the level below. So it is causal, and the context's own queries use it too.
 */
export const tree = defineVariant({
  name: "tree",
  family: "hierarchical",
  summary: "beam search down a tree of block means",
  formula: [
    "m(leaf) = mean of `branching` keys, m(node) = mean of `branching` children",
    "level by level: keep the `beam` nodes of largest q . m among the children of those kept and the whole nodes at the end",
    "S = tokens of the leaves kept and of the query's own; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title:
        "A Training-free Sub-quadratic Cost Transformer Model Serving Framework with Hierarchically Pruned Attention",
      url: "https://arxiv.org/abs/2406.09827",
      where: "section 3 (tree search)",
    },
    {
      title: "MoBA: Mixture of Block Attention for Long-Context LLMs",
      url: "https://arxiv.org/abs/2502.13189",
      where: "section 2.2 (block means)",
    },
  ],
  differs: [
    "A node is the mean of its tokens, as MoBA scores blocks; HiP represents a node by one of its tokens.",
  ],
  params: {
    branching: int("children of a node, and tokens of a leaf", {
      default: 16,
      min: 2,
      max: 4096,
      sweep: [4, 8, 16, 32, 64],
    }),
    beam: int("nodes kept on each level", { default: 32, min: 1, sweep: [8, 16, 32, 64, 128, 256] }),
  },
  prefill: "same",
  budgetParam: "beam",
  small: { branching: 4, beam: 5 },
  prepare: ({ tokens, heads }, { branching, beam }, ops) =>
    heads.map(({ keys }) => {
      const levels: Table[] = [];
      let below = keys.tensor;
      for (let level = levelsOf(tokens, branching, beam); level >= 1; level--) {
        below = ops.blockMean(below, branching, branching);
        levels.unshift({ tensor: below, kind: "index", rowBytes: keys.rowBytes });
      }
      return levels;
    }),
  attend: ({ queries, cache, index: levels, ops }, { branching, beam }) =>
    perHead(queries, cache, (read, _head, h) => {
      const leaves = search(read, levels[h]!, { branching, beam, head: h }, ops);
      return softmaxRead({ ...read, spans: unitAndCurrentSpans(leaves, branching, read.visible) }, ops);
    }),
  cost(shape, { branching, beam }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const { scored, leaves } = descent(tokens, branching, beam);
    const read = tokensOfUnits(tokens, branching, leaves + 1);
    const meanBytes = kvHeads * headDim * bytesPerElement;
    let [nodes, level] = [0, tokens];
    for (let l = levelsOf(tokens, branching, beam); l >= 1; l--) {
      level = Math.ceil(level / branching);
      nodes += level;
    }
    return {
      flops: 2 * scored * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: nodes * meanBytes,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: scored * meanBytes,
    };
  },
  denseAt: ({ tokens }) => ({ branching: 16, beam: Math.ceil(tokens / 16) }),
  meanField(crowd, { branching, beam }) {
    const levels = levelsOf(crowd.tokens, branching, beam);
    const own = 1 + ((crowd.tokens - 1) % branching);
    if (crowd.tokens <= branching) return [readsEnds(crowd, 0, own)];
    return [withLast(crowd, descends(crowd, { branching, beam, levels }), own)];
  },
});

/** The leaves that each query row ends with. @param levels from the top down to the leaves */
function search(
  read: Read,
  levels: readonly Table[],
  { branching, beam, head }: { branching: number; beam: number; head: number },
  ops: Ops,
): RowLists {
  const { queries, visible } = read;
  let kept = emptyLists(visible.length);
  let above: Int32Array = new Int32Array(visible.length);
  for (const [l, table] of levels.entries()) {
    const whole = unitsBefore(visible, branching ** (levels.length - l));
    const parents = kept;
    const candidates = new Spans(visible.length, (i, add) => {
      for (const node of listAt(parents, i)) add(node * branching, (node + 1) * branching);
      add(above[i]! * branching, whole[i]!);
    }).lists(0, visible.length);
    const scores = ops.scoresAt(queries, table, candidates);
    const unit = branching ** (levels.length - l);
    tellListed(ops, candidates, scores, { unit, head, taken: beam });
    kept = bestListed(candidates, scores, beam);
    above = whole;
  }
  return kept;
}
