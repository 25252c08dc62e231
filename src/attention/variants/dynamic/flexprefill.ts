import { choice, int, real } from "../../../core/params.ts";
import { flat, rowsOf, zeros } from "../../../core/tensor.ts";
import type { Ops, Table } from "../../../engines/ops.ts";
import { blockLines, columnBlocks, readWhole } from "../../parts/block-lines.ts";
import type { BlockShare } from "../../parts/block-lines.ts";
import { inChunks } from "../../parts/chunks.ts";
import { denseCost } from "../../parts/costs.ts";
import { eachLineToken, lineSums } from "../../parts/lines.ts";
import type { Lines, LineSums } from "../../parts/lines.ts";
import { perHead } from "../../parts/per-head.ts";
import { rankedTogether } from "../../parts/pooled-queries.ts";
import { covering, prefillReads } from "../../parts/prefill-only.ts";
import { firstRows, meanIndex, unitsBefore } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import type { Voters } from "../../parts/votes.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/** Lines of a query head, counted in tokens or blocks; whether it chooses blocks by pooled keys instead, or besides. */
interface HeadPattern {
  readonly lines: Lines;
  readonly trusted: boolean;
}

/** Means of a kv head's blocks, and the pattern of each query head. */
interface Pattern {
  readonly head: number;
  readonly means: Table;
  readonly heads: readonly HeadPattern[];
  /** tokens of the prompt whose last queries were tried */
  readonly tokens: number;
}

/**
 * FlexPrefill: each head is tried on the prompt's last block of queries. If pooled keys predict its attention, every
 * block of queries chooses blocks by them. Otherwise all queries read the columns and diagonals of the last queries.
 * Either choice covers a share of the estimated weight.
 *
 * Lai et al. 2025, arXiv 2502.20766; code ByteDance-Seed/FlexPrefill. The paper covers the share with single columns and
 * diagonals (`unit` token), its code with whole blocks of them (`unit` block). Defaults: the code's blocks of 128, and
 * gamma .9, tau .1, at least 512 tokens (README).
 */
export const flexprefill = defineVariant({
  name: "flexprefill",
  family: "dynamic",
  summary:
    "prefill by blocks or by columns and diagonals, as each head's estimate allows, dense decoding (FlexPrefill)",
  formula: [
    "D = sqrt(JS divergence) of softmax(mean q . mean K_block) and the block sums of softmax(q K^T), of the last block of queries",
    "D < tau: the largest softmax(mean q_block . mean K_block) of all blocks of queries that sum to gamma of the whole; else blocks of columns, and of diagonals, one more than the fewest single ones fill that sum to gamma",
    "always: the blocks of `minBudget` tokens of most weight among the columns, and diagonals, the first and the query's own among them",
    "unit token: the fewest blocks for each query, else the fewest single columns, and diagonals, that cover gamma",
    "prefill: S = their tokens; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "FlexPrefill: A Context-Aware Sparse Attention Mechanism for Efficient Long-Sequence Inference",
      url: "https://arxiv.org/abs/2502.20766",
      where: "section 4, algorithms 1 to 4",
    },
    {
      title: "ByteDance-Seed/FlexPrefill",
      url: "https://github.com/ByteDance-Seed/FlexPrefill",
      where: "flex_prefill/ops/flex_prefill_attention.py, get_active_blocks",
    },
  ],
  differs: [
    "The queries of a block are those that are asked together, and their blocks are ranked among each other; of a sample of the prompt's queries one block more is kept, and a block's own keys count up to the last of its queries.",
    "With `unit` token each query chooses for itself among the blocks before its own, as if it were a block of queries, and the first block's columns count towards gamma.",
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
    minBudget: int("tokens of columns, and of diagonals, that blocks hold at least", {
      default: 512,
      min: 1,
      sweep: [128, 512, 1024],
    }),
    unit: choice(
      "unit of columns and diagonals: blocks, as in the code, or tokens, as in the paper",
      ["block", "token"],
      {
        default: "block",
      },
    ),
  },
  prefill: "only",
  small: { gamma: 0.5, block: 16, minBudget: 32 },
  adaptive: "as if everything were read: how much covers gamma is the prompt's",
  prepare(cache, { tau, ...share }, ops): readonly Pattern[] {
    const { block, unit } = share;
    const last = cache.observed(block, true);
    return cache.heads.map(({ keys }, h) => {
      const means = meanIndex(keys, block, block, ops);
      const voters = { queries: last, cache, h, ops };
      const sums = lineSums(voters);
      const heads = sums.map((own, g): HeadPattern => {
        const trusted = distance(voters, g, columnBlocks(own, block, last.count), means) < tau;
        if (unit === "token") return { trusted, lines: trusted ? noLines : coveringLines(own, share) };
        return { trusted, lines: blockLines({ sums: own, count: last.count, trusted }, share, ops) };
      });
      return { head: h, means, heads, tokens: sums[0]!.columns.length };
    });
  },
  attend: ({ queries, cache, index: patterns, ops }, share) =>
    perHead(queries, cache, (read, { space }, h) => {
      const pattern = patterns[h]!;
      const choose = share.unit === "block" ? blockSpans : tokenSpans;
      const spans = space.scoped(() => choose(read, pattern, share, ops));
      return softmaxRead({ ...read, spans }, ops);
    }),
  cost: denseCost,
  prefillCost: (shape) => prefillReads(shape, shape.tokens),
  denseAt: ({ tokens }) => ({ minBudget: tokens }),
});

interface ShareParams extends BlockShare {
  readonly unit: "block" | "token";
}

const noLines: Lines = { columns: [], diagonals: [] };

/** The fewest single columns and diagonals that cover gamma, a block of the first and of the nearest among them. */
function coveringLines({ columns, diagonals }: LineSums, { block, gamma }: BlockShare): Lines {
  const always = Array.from({ length: Math.min(block, columns.length) }, (_, at) => at);
  return { columns: covering(columns, gamma, always), diagonals: covering(diagonals, gamma, always) };
}

/** Tokens that each query row reads, in whole blocks. */
function blockSpans(
  read: Read,
  { means, heads, head, tokens }: Pattern,
  share: ShareParams,
  ops: Ops,
): Spans {
  const { visible } = read;
  const { block } = share;
  if (readWhole(tokens, share))
    return new Spans(visible.length, (i, add) => {
      add(0, visible[i]!);
    });
  const blocks = Math.ceil(tokens / block);
  const chosen = heads.map(({ trusted }, g) => {
    const rows = Array.from(visible.keys()).filter((i) => trusted && i % heads.length === g);
    return rankedTogether(read, rows, { ...share, means, head, blocks }, ops);
  });
  return new Spans(visible.length, (i, add) => {
    const g = i % heads.length;
    const end = visible[i]!;
    const own = new Set(chosen[g]!.get(i));
    eachLineToken(heads[g]!.lines, Math.ceil(end / block), (b) => own.add(b));
    for (const b of [...own].sort((x, y) => x - y)) add(b * block, Math.min((b + 1) * block, end));
  });
}

/** Tokens that each query row reads where single columns and diagonals are chosen, or blocks by each query. */
function tokenSpans(read: Read, { means, heads }: Pattern, share: ShareParams, ops: Ops): Spans {
  const { block } = share;
  const chosen = heads.some(({ trusted }) => trusted) ? coveringBlocks(read, means, share, ops) : [];
  return new Spans(read.visible.length, (i, add) => {
    const end = read.visible[i]!;
    const { lines, trusted } = heads[i % heads.length]!;
    if (!trusted) {
      eachLineToken(lines, end, add);
      return;
    }
    for (const b of chosen[i]!) add(b * block, (b + 1) * block);
    add(Math.floor((end - 1) / block) * block, end);
  });
}

/**
 * Square root of the Jensen-Shannon divergence between estimated and true shares of the key blocks, in nats as in the
 * source's code.
 */
function distance(
  { queries: last, cache, h, ops }: Voters,
  g: number,
  truth: Float64Array,
  means: Table,
): number {
  const blocks = truth.length;
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
