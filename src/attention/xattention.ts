import { int, real } from "../core/params.ts";
import { dot, flat, rowNumbers, rowsOf, zeros } from "../core/tensor.ts";
import { perHead } from "./per-head.ts";
import { covering, denseDecoding, prefillReads } from "./prefill-only.ts";
import { softmaxRead } from "./result.ts";
import type { Read } from "./result.ts";
import { Spans } from "./spans.ts";
import { defineVariant } from "./variant.ts";

/**
 * XAttention: a block of queries scores a block of keys by sums along antidiagonals, and reads the fewest blocks that
 * cover a share of the softmax of these.
 *
 * Xu et al. 2025, arXiv 2503.16428; code mit-han-lab/x-attention. Defaults: blocks of 128, stride 8, threshold .9.
 * A query at place i of its block meets the keys at places j with i + j = stride - 1 modulo stride, an eighth of them: a
 * needle is seen if one of the block's queries that look for it meets it.
 * Simplified: the queries of a block are those that are asked together; the context's other ones, which are noise, are left
 * out of the sums.
 */
export const xattention = defineVariant({
  name: "xattention",
  family: "dynamic",
  summary: "prefill over blocks chosen by antidiagonal sums, dense decoding (XAttention)",
  formula: [
    "s(block) = sum of q_i . k_j / (sqrt d stride) over queries i of a block and keys j with i + j = stride - 1 modulo stride",
    "prefill: S = tokens of the fewest blocks that cover `threshold` of softmax(s), and of the query's own block",
    "o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "XAttention: Block Sparse Attention with Antidiagonal Scoring",
      url: "https://arxiv.org/abs/2503.16428",
      where: "section 2, algorithm 1",
    },
    {
      title: "mit-han-lab/x-attention",
      url: "https://github.com/mit-han-lab/x-attention",
      where: "xattn/src/Xattention.py",
    },
  ],
  params: {
    block: int("tokens in a block", { default: 128, min: 1 }),
    stride: int("antidiagonals are so far apart", { default: 8, min: 1, sweep: [4, 8, 16] }),
    threshold: real("share of the softmax over blocks that is covered", {
      default: 0.9,
      min: 0,
      max: 1,
      sweep: [0.5, 0.8, 0.9, 0.95],
    }),
  },
  prefill: "only",
  small: { block: 16, threshold: 0.5 },
  adaptive: "as if everything were read: how much covers the threshold is the prompt's",
  prepare: () => undefined,
  attend: (queries, cache, _index, params, ops) =>
    perHead(queries, cache, (read) =>
      softmaxRead({ ...read, spans: chosenSpans(read, queries.group, params) }, ops),
    ),
  cost: denseDecoding,
  prefillCost: (shape) => prefillReads(shape, shape.tokens),
  denseAt: () => ({ threshold: 1 }),
});

interface Params {
  readonly block: number;
  readonly stride: number;
  readonly threshold: number;
}

/** The tokens that each query row reads: the choice of its block of queries, up to what it sees. */
function chosenSpans(read: Read, group: number, params: Params): Spans {
  const { visible } = read;
  const { block } = params;
  const members = new Map<string, number[]>();
  const nameOf = (i: number): string => `${Math.floor((visible[i]! - 1) / block)}/${i % group}`;
  for (const i of visible.keys()) members.set(nameOf(i), [...(members.get(nameOf(i)) ?? []), i]);
  const chosen = new Map([...members].map(([name, rows]) => [name, blocksOf(read, rows, params)] as const));
  return new Spans(visible.length, (i, add) => {
    const own = Math.floor((visible[i]! - 1) / block);
    for (const b of chosen.get(nameOf(i))!) add(b * block, (b + 1) * block);
    add(own * block, visible[i]!);
  });
}

/** The blocks before their own that query rows of one block read. */
function blocksOf(
  { queries, keys, visible, scale }: Read,
  rows: readonly number[],
  { block, stride, threshold }: Params,
): number[] {
  const before = Math.floor((visible[rows[0]!]! - 1) / block);
  if (before === 0) return [];
  // queries of one residue meet the same keys: their sum stands for them
  const sums = Array.from({ length: stride }, () => zeros(1, queries.shape[1]!));
  for (const i of rows) {
    const residue = stride - 1 - (((visible[i]! - 1) % block) % stride);
    flat(rowsOf(queries, i, i + 1)).forEach((x, c) => (flat(sums[residue]!)[c]! += x));
  }
  const met = sums.flatMap((sum, residue) =>
    flat(sum).some((x) => x !== 0) ? [{ residue, sum: flat(sum) }] : [],
  );
  const logits = Array.from({ length: before }, (_, b) => {
    let total = 0;
    for (const { residue, sum } of met)
      for (let t = b * block + residue; t < (b + 1) * block; t += stride)
        total += dot(sum, rowNumbers(keys.tensor, t));
    return (scale * total) / stride;
  });
  const most = Math.max(...logits);
  return covering(
    logits.map((z) => Math.exp(z - most)),
    threshold,
  );
}
