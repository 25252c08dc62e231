import { int, real } from "../../../core/params.ts";
import { flat, rowsOf, zeros } from "../../../core/tensor.ts";
import type { Ops, Table } from "../../../engines/ops.ts";
import { inChunks } from "../../parts/chunks.ts";
import { denseCost } from "../../parts/costs.ts";
import { eachLineToken, lineSums } from "../../parts/lines.ts";
import type { Lines } from "../../parts/lines.ts";
import { perHead } from "../../parts/per-head.ts";
import { covering, prefillReads } from "../../parts/prefill-only.ts";
import { firstRows, meanIndex, unitsBefore } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import type { Voters } from "../../parts/votes.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/** Means of a kv head's blocks, and the lines of each query head; undefined for one that chooses blocks by the means. */
interface Pattern {
  readonly means: Table;
  readonly lines: readonly (Lines | undefined)[];
}

/**
 * FlexPrefill: each head is tried on the prompt's last block of queries. If pooled keys predict its attention, every
 * query chooses blocks by them. Otherwise all queries read the columns and diagonals of the last queries. Either
 * choice is the smallest that covers a share of the estimated weight.
 *
 * Lai et al. 2025, arXiv 2502.20766; code bytedance/FlexPrefill. Defaults: gamma .9, tau .1, blocks of 128.
 */
export const flexprefill = defineVariant({
  name: "flexprefill",
  family: "dynamic",
  summary:
    "prefill by blocks or by columns and diagonals, as each head's estimate allows, dense decoding (FlexPrefill)",
  formula: [
    "D = sqrt(JS divergence) of softmax(mean q . mean K_block) and the block sums of softmax(q K^T), of the last block of queries",
    "D < tau: the fewest blocks that cover gamma of softmax(q . mean K_block); else the fewest columns, and diagonals, that cover gamma",
    "always: the first block and the query's own, or as many first columns and nearest diagonals",
    "prefill: S = their tokens; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "FlexPrefill: A Context-Aware Sparse Attention Mechanism for Efficient Long-Sequence Inference",
      url: "https://arxiv.org/abs/2502.20766",
      where: "section 4, algorithms 1 to 4",
    },
    { title: "bytedance/FlexPrefill", url: "https://github.com/bytedance/FlexPrefill" },
  ],
  differs: [
    "Each query chooses for itself among the blocks before its own, and reads its own and the first; the source pools queries into blocks.",
    "Columns and diagonals are single tokens, of which the first block's count towards gamma; the source counts the tokens that cover gamma and reads as many in whole blocks, one block more and at least its `min_budget` (512 tokens in its README).",
    "A query's blocks are the fewest that reach gamma; the source ranks the blocks of all queries together and keeps those that stay within gamma.",
  ],
  params: {
    gamma: real("share of the estimated weight that is covered", {
      default: 0.9,
      min: 0,
      max: 1,
      sweep: [0.5, 0.8, 0.9, 0.95, 0.99],
    }),
    tau: real("distance below which pooled keys are trusted", {
      default: 0.1,
      min: 0,
      max: 1,
      sweep: [0, 0.1, 0.3, 1],
    }),
    block: int("tokens of a block, and last queries that decide", { default: 128, min: 1 }),
  },
  prefill: "only",
  small: { gamma: 0.5, block: 16 },
  adaptive: "as if everything were read: how much covers gamma is the prompt's",
  prepare(cache, { gamma, tau, block }, ops): readonly Pattern[] {
    const last = cache.observed(block, true);
    return cache.heads.map(({ keys }, h) => {
      const means = meanIndex(keys, block, block, ops);
      const voters = { queries: last, cache, h, ops };
      const lines = lineSums(voters).map(({ columns, diagonals }, g): Lines | undefined => {
        if (distance(voters, { g, columns }, means, block) < tau) return undefined;
        // the first block of columns and the own block of diagonals are always read
        const always = Array.from({ length: Math.min(block, columns.length) }, (_, at) => at);
        return { columns: covering(columns, gamma, always), diagonals: covering(diagonals, gamma, always) };
      });
      return { means, lines };
    });
  },
  attend: ({ queries, cache, index: patterns, ops }, { gamma, block }) =>
    perHead(queries, cache, (read, { space }, h) => {
      const { means, lines } = patterns[h]!;
      const blocks = lines.includes(undefined)
        ? space.scoped(() => coveringBlocks(read, means, { gamma, block }, ops))
        : [];
      const spans = new Spans(read.visible.length, (i, add) => {
        const end = read.visible[i]!;
        const own = lines[i % queries.group];
        if (own !== undefined) {
          eachLineToken(own, end, add);
          return;
        }
        for (const b of blocks[i]!) add(b * block, (b + 1) * block);
        add(Math.floor((end - 1) / block) * block, end);
      });
      return softmaxRead({ ...read, spans }, ops);
    }),
  cost: denseCost,
  prefillCost: (shape) => prefillReads(shape, shape.tokens),
  denseAt: () => ({ gamma: 1, tau: 1 }),
});

/**
 * Square root of the Jensen-Shannon divergence between estimated and true shares of the key blocks, in nats as in the
 * source's code.
 */
function distance(
  { queries: last, cache, h, ops }: Voters,
  { g, columns }: { g: number; columns: Float64Array },
  means: Table,
  block: number,
): number {
  const blocks = Math.ceil(columns.length / block);
  const truth = new Float64Array(blocks);
  columns.forEach((weight, t) => (truth[Math.floor(t / block)]! += weight / last.count));
  const rows = last.heads[h]!;
  const mean = zeros(1, rows.shape[1]!);
  for (let i = g; i < rows.shape[0]!; i += last.group)
    flat(rowsOf(rows, i, i + 1)).forEach((x, c) => (flat(mean)[c]! += x / last.count));
  const estimate = cache.heads[h]!.space.scoped(() => {
    const scores = ops.scores(mean, firstRows(means, blocks));
    ops.softmax(scores, Int32Array.of(blocks), last.scale);
    return Float64Array.from(flat(scores));
  });
  const divergence = (p: Float64Array, q: Float64Array): number =>
    p.reduce((sum, share, b) => (share > 0 ? sum + share * Math.log(share / q[b]!) : sum), 0);
  const middle = truth.map((share, b) => (share + estimate[b]!) / 2);
  return Math.sqrt(Math.max(0, (divergence(truth, middle) + divergence(estimate, middle)) / 2));
}

/** Blocks before each row's own: the first, and the fewest that cover gamma of the weights of pooled keys; ascending. */
function coveringBlocks(
  read: Read,
  means: Table,
  { gamma, block }: { gamma: number; block: number },
  ops: Ops,
): number[][] {
  const before = unitsBefore(read.visible, block);
  const most = before.reduce((a, b) => Math.max(a, b), 0);
  if (most === 0) return Array.from(before, () => []);
  const chosen: number[][] = [];
  inChunks(before.length, most, (from, to) => {
    const weights = ops.scores(rowsOf(read.queries, from, to), firstRows(means, most));
    ops.softmax(weights, before.subarray(from, to), read.scale);
    for (let i = 0; i < to - from; i++) {
      const own = flat(rowsOf(weights, i, i + 1)).subarray(0, before[from + i]);
      chosen.push(own.length === 0 ? [] : [...new Set([0, ...covering(own, gamma)])].sort((a, b) => a - b));
    }
  });
  return chosen;
}
