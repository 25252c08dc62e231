import { int, real } from "../../../core/params.ts";
import { flat, rowsOf, zeros } from "../../../core/tensor.ts";
import type { Ops, Space, Table } from "../../../engines/ops.ts";
import { tellRow } from "../../parts/choices.ts";
import { inChunks } from "../../parts/chunks.ts";
import { denseCost } from "../../parts/costs.ts";
import { perHead } from "../../parts/per-head.ts";
import { covering, prefillReads } from "../../parts/prefill-only.ts";
import { firstRows } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { softmaxWeights } from "../../parts/softmax-weights.ts";
import { Spans } from "../../parts/spans.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * XAttention: queries and keys are cut into strips. A strip of queries has one logit with a strip of keys: the sum of
 * their products along an antidiagonal. A block of queries reads the fewest blocks that cover a share of the softmax
 * of these logits.
 *
 * Xu et al. 2025, arXiv 2503.16428; code mit-han-lab/x-attention. Defaults: blocks of 128, stride 8, threshold .9. The
 * first block and the queries' own are always read. A query meets one key in `stride`: a needle is seen if one of the
 * block's queries that look for it meets it.
 */
export const xattention = defineVariant({
  name: "xattention",
  family: "dynamic",
  summary: "prefill over blocks chosen by antidiagonal sums, dense decoding (XAttention)",
  formula: [
    "z_ab = sum over c < stride of q_(a stride + stride - 1 - c) . k_(b stride + c) / (sqrt d stride), strips b up to a",
    "s(block) = sum of softmax_b(z_ab) over strips a of a block of queries and b of a block of keys",
    "prefill: S = tokens of the first block, the own, and the fewest others with which `threshold` of s is covered",
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
  differs: [
    "The queries of a block are those that are asked together, and strips without a query are left out.",
    "Keys later than the query that meets them are left out; the source admits them within the query's own strip.",
  ],
  params: {
    block: int("tokens in a block", { default: 128, min: 1 }),
    stride: int("tokens from one antidiagonal to the next", { default: 8, min: 1, sweep: [4, 8, 16] }),
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
  attend: ({ queries, cache, ops }, params) =>
    perHead(queries, cache, (read, { space }, head) =>
      softmaxRead({ ...read, spans: chosenSpans({ read, head, space, ops }, queries.group, params) }, ops),
    ),
  cost: denseCost,
  prefillCost: (shape) => prefillReads(shape, shape.tokens),
  denseAt: () => ({ threshold: 1 }),
});

interface BlockParams {
  readonly block: number;
  readonly stride: number;
  readonly threshold: number;
}

/** A head's read, and the memory and engine for it. */
interface BlockWork {
  readonly read: Read;
  /** kv head */
  readonly head: number;
  readonly space: Space;
  readonly ops: Ops;
}

/** Tokens that each query row reads: the choice of its block of queries, up to the last token that it sees. */
function chosenSpans(work: BlockWork, group: number, params: BlockParams): Spans {
  const { visible } = work.read;
  const { block } = params;
  const members = new Map<string, number[]>();
  const nameOf = (i: number): string => `${Math.floor((visible[i]! - 1) / block)}/${i % group}`;
  for (const i of visible.keys()) members.set(nameOf(i), [...(members.get(nameOf(i)) ?? []), i]);
  const chosen = new Map([...members].map(([name, rows]) => [name, blocksOf(work, rows, params)] as const));
  return new Spans(visible.length, (i, add) => {
    for (const b of chosen.get(nameOf(i))!) add(b * block, Math.min((b + 1) * block, visible[i]!));
  });
}

/** Blocks that query rows of one block read; their own and the first are always among them. */
function blocksOf(work: BlockWork, rows: readonly number[], params: BlockParams): number[] {
  const { block, stride, threshold } = params;
  const { read } = work;
  const own = Math.floor((read.visible[rows[0]!]! - 1) / block);
  if (own < 2) return Array.from({ length: own + 1 }, (_, b) => b);
  const sums = new Float64Array(own + 1);
  for (const logits of stripLogits(work, rows, stride))
    softmaxWeights(logits).forEach(
      (weight, strip) => (sums[Math.floor((strip * stride) / block)]! += weight),
    );
  const chosen = covering(sums, threshold, [0, own]);
  for (const row of rows)
    tellRow(work.ops, row, () => sums, {
      unit: block,
      head: work.head,
      taken: chosen.length,
    });
  return chosen;
}

/**
 * Logits of each strip of `stride` queries that holds a row, with the strips of keys up to its own. A strip of queries
 * meets a strip of keys along one antidiagonal.
 */
function stripLogits(
  { read, space, ops }: BlockWork,
  rows: readonly number[],
  stride: number,
): Iterable<Float64Array> {
  const { queries, keys, visible, scale } = read;
  const end = rows.reduce((most, i) => Math.max(most, visible[i]!), 0);
  const width = queries.shape[1]!;
  // the choice reads one key in `stride`
  const table: Table = { ...firstRows(keys, end), kind: "index", rowBytes: keys.rowBytes / stride };
  const strips = new Map<number, Float64Array>();
  inChunks(rows.length, end, (from, to) =>
    space.scoped(() => {
      const asked = zeros(to - from, width);
      for (let at = from; at < to; at++)
        flat(asked).set(flat(rowsOf(queries, rows[at]!, rows[at]! + 1)), (at - from) * width);
      const scores = flat(ops.scores(asked, table));
      for (let at = from; at < to; at++) {
        const position = visible[rows[at]!]! - 1;
        const strip = Math.floor(position / stride);
        const logits = strips.get(strip) ?? new Float64Array(strip + 1);
        strips.set(strip, logits);
        for (let k = 0, t = stride - 1 - (position % stride); t <= position; k++, t += stride)
          logits[k]! += (scale / stride) * scores[(at - from) * end + t]!;
      }
    }),
  );
  return strips.values();
}
