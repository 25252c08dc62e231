import { groupBy } from "../../../core/group.ts";
import { int, real } from "../../../core/params.ts";
import { countBelow } from "../../../core/places.ts";
import { dot, rowNumbers, tensor } from "../../../core/tensor.ts";
import type { Tensor } from "../../../core/tensor.ts";
import type { Ops, Table } from "../../../engines/ops.ts";
import type { HeadCache, Queries } from "../../cache.ts";
import { tellRow } from "../../parts/choices.ts";
import { chunkBytes, inChunks } from "../../parts/chunks.ts";
import { best, budgetParam, keptCost } from "../../parts/kept.ts";
import { rowLists } from "../../parts/lists.ts";
import { perHead } from "../../parts/per-head.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { softmaxWeights } from "../../parts/softmax-weights.ts";
import { Spans } from "../../parts/spans.ts";
import { eachRow } from "../../parts/votes.ts";
import type { Voters } from "../../parts/votes.ts";
import { WeighedResult } from "../../parts/weighed-rows.ts";
import type { WeighedRows } from "../../parts/weighed-rows.ts";
import type { HeadResult } from "../../read.ts";
import { defineVariant } from "../../variant.ts";
import type { AttendArguments } from "../../variant.ts";

/** Queries of the context, and the masks that the last ones leave. */
interface Masked {
  readonly observed: Queries;
  /** (N) F after all of them */
  readonly all: Float64Array;
  /** (N) F after all but the last one */
  readonly butLast: Float64Array;
}

/** F is one float32 number a token, for all heads. */
const maskBytes = 4;

/**
 * Selective attention: every token may mask earlier ones for all tokens after it. The first head's logits above a
 * threshold are summed over the context and subtracted from the logits of all heads. Beyond a budget the most masked
 * tokens are dropped.
 *
 * Leviathan, Kalman and Matias 2024, arXiv 2410.02703: F_ij = sum over l < i of ReLU(z_lj) of head 0, except for the
 * first token and l = j; softmax(z - F). It is not a shaping of one query's logits, since F comes from the queries
 * before.
 */
export const selective = defineVariant({
  name: "selective",
  family: "eviction",
  summary: "the context's tokens mask earlier ones for good (selective attention)",
  formula: [
    "F_it = sum over the context's queries l, t < l < i, of max(0, z_lt - offset g sqrt(d)) in head 0; F_i0 = 0",
    "o_i = sum_(t kept) p_t v_t, p = softmax over the kept of (z_it - F_it); kept = the budget of least F, i among them",
  ].join("\n"),
  sources: [
    {
      title: "Selective Attention Improves Transformer",
      url: "https://arxiv.org/abs/2410.02703",
      where: "sections 3 and 5",
    },
  ],
  differs: [
    "The first head selects untrained: `offset` stands for what training must learn. At 0, half of all pairs select, so that a window is left; at the default nothing is masked and attention is dense.",
    "`observe` queries, evenly over the prompt, stand for all of it; the source sums over every query.",
    "Each query keeps the budget of least F among the tokens before it; the source drops one token a step.",
  ],
  params: {
    offset: real("logit from which on a token selects, as a share of a match's logit; the source trains it", {
      default: 0.5,
      min: 0,
      max: 2,
      sweep: [0, 0.25, 0.5],
    }),
    budget: {
      ...budgetParam("tokens kept, those that are masked least and the last one"),
      default: 2 ** 20,
    },
    observe: int("queries, evenly over the prompt, that stand for all of it", {
      default: 256,
      min: 1,
      sweep: [64, 256, 1024],
    }),
  },
  prefill: "same",
  budgetParam: "budget",
  small: { offset: 0, budget: 200, observe: 16 },
  refuses: { logitShaping: "the context's mask is subtracted from the logits, before any other rule" },
  prepare(cache, { offset, observe }, ops): Masked {
    const observed = cache.observed(observe, false, "even");
    let [all, butLast] = [new Float64Array(cache.tokens), new Float64Array(cache.tokens)];
    eachMask({ queries: observed, cache, h: 0, ops }, offset, (rows, off) => {
      if (rows === observed.count - 1) butLast = Float64Array.from(off);
      if (rows === observed.count) all = Float64Array.from(off);
    });
    return { observed, all, butLast };
  },
  attend({ queries, cache, index, ops }, { offset, budget }) {
    const read = readMasks({ queries, cache, index, ops }, offset, budget);
    const { group } = queries;
    const plain = perHead(queries, cache, (dense) => {
      const spans = new Spans(dense.visible.length, (i, add) => {
        for (const row of read[Math.floor(i / group)]!.rows) add(row, row + 1);
      });
      return softmaxRead({ ...dense, spans }, ops);
    });
    if (read.every(({ taken }) => taken === undefined)) return plain;
    return { heads: cache.heads.map((head, h) => masked(head, queries, queries.heads[h]!, read)) };
  },
  cost(shape, { budget }) {
    const cost = keptCost(shape, budget);
    const kept = Math.min(budget, shape.tokens);
    return {
      ...cost,
      // the step's own selection above the offset, added to F; F subtracted in every head
      flops: cost.flops + (2 + shape.queryHeads) * kept,
      indexKeptBytes: maskBytes * kept,
      indexReadBytes: maskBytes * kept,
    };
  },
  memory({ tokens, kvHeads, queryHeads, asked }, { budget, observe }) {
    const kept = Math.min(budget, tokens);
    return {
      // F after all queries and after all but the last one, in float64
      kept: 16 * tokens,
      // lists of the rows that queries read
      scores: chunkBytes((asked * queryHeads) / kvHeads, kept),
      // scores of the head that masks; rows, F and lists of each query
      scratch: chunkBytes((Math.min(observe, tokens) * queryHeads) / kvHeads, tokens) + 24 * asked * kept,
    };
  },
  denseAt: ({ tokens }) => ({ offset: 2, budget: tokens }),
});

/**
 * Calls back with F, (N), before each of the context's queries and after the last: with the number of queries that it
 * is the sum of, and a buffer that the next one alters.
 */
function eachMask(voters: Voters, offset: number, see: (rows: number, off: Float64Array) => void): void {
  const { queries, cache } = voters;
  const off = new Float64Array(cache.tokens);
  const least = offset * queries.scale * cache.headDim;
  let row = 0;
  see(0, off);
  eachRow(voters, false, (scores) => {
    const i = Math.floor(row / queries.group);
    // the first query head selects; each query stands for the queries since the one before
    if (row++ % queries.group !== 0) return;
    const position = queries.positions[i]!;
    const stands = i === 0 ? position + 1 : position - queries.positions[i - 1]!;
    for (let t = 1; t < position; t++) off[t]! += stands * Math.max(0, queries.scale * scores[t]! - least);
    see(i + 1, off);
  });
}

/** Rows that a query reads, ascending, and F of each; F is absent if all of it is 0. */
interface ReadMask {
  readonly rows: Int32Array;
  readonly taken?: Float64Array;
}

/** The kept rows that each query sees, and F as the queries before it have left it: once for all heads. */
function readMasks(
  { queries, cache, index, ops }: AttendArguments<Masked>,
  offset: number,
  budget: number,
): ReadMask[] {
  const { observed, all, butLast } = index;
  const { contextEnd } = cache;
  const read: ReadMask[] = [];
  // queries by the number of the context's queries before them, which made their F
  const rowsBefore = Array.from(queries.positions, (position) => countBelow(observed.positions, position));
  const byRows = groupBy([...rowsBefore.keys()], (i) => rowsBefore[i]!);
  const readAfter = (rows: number, off: Float64Array): void => {
    const own = byRows.get(rows) ?? [];
    const table: Table = { tensor: tensor(off, [off.length, 1]), kind: "index", rowBytes: maskBytes };
    inChunks(own.length, cache.tokens, (from, to) => {
      const part = own.slice(from, to);
      const kept = part.map((i) => keptRows(off, queries.positions[i]!, { budget, contextEnd }, ops));
      const lists = rowLists(kept);
      const ones = tensor(new Float32Array(part.length).fill(1), [part.length, 1]);
      const numbers = Float64Array.from(ops.scoresAt(ones, table, lists));
      part.forEach((i, at) => {
        const taken = numbers.subarray(lists.offsets[at], lists.offsets[at + 1]);
        const spared = (): Float64Array => off.subarray(0, queries.positions[i]! + 1).map((f) => -f);
        tellRow(ops, i, spared, { unit: 1, taken: kept[at]!.length, grouped: true });
        read[i] = { rows: kept[at]!, ...(taken.some((f) => f > 0) && { taken }) };
      });
    });
  };
  readAfter(observed.count, all);
  readAfter(observed.count - 1, butLast);
  if (rowsBefore.every((rows) => rows >= observed.count - 1)) return read;
  // the context's own queries: F grows from one to the next
  const [first, ...others] = cache.heads;
  const heads = [{ ...first!, keys: { ...first!.keys, rowBytes: 0 } }, ...others];
  eachMask({ queries: observed, cache: { ...cache, heads }, h: 0, ops }, offset, (rows, off) => {
    if (rows < observed.count - 1) readAfter(rows, off);
  });
  return read;
}

/** Rows that a query at a position reads: those of least F, itself, and the rows after the context. */
function keptRows(
  off: Float64Array,
  position: number,
  { budget, contextEnd }: { budget: number; contextEnd: number },
  ops: Ops,
): Int32Array {
  const visible = position + 1;
  const from = Math.max(Math.min(position, contextEnd), visible - budget);
  const room = budget - (visible - from);
  const least = (): Int32Array =>
    room > 0
      ? best(
          Float64Array.from(off.subarray(0, from), (f) => -f),
          room,
          ops,
        )
      : new Int32Array(0);
  const chosen = visible <= budget ? Int32Array.from({ length: from }, (_, t) => t) : least();
  return Int32Array.from([...chosen, ...Array.from({ length: visible - from }, (_, at) => from + at)]);
}

/** A head's softmax, with F subtracted from its logits. @param asked (Q G, d) the head's queries */
function masked(
  { keys, values }: HeadCache,
  { count, group, scale }: Queries,
  asked: Tensor,
  read: readonly ReadMask[],
): HeadResult {
  const weighed = Array.from({ length: count * group }, (_, row): WeighedRows => {
    const { rows, taken } = read[Math.floor(row / group)]!;
    const query = rowNumbers(asked, row);
    const logits = Float64Array.from(
      rows,
      (t, at) => scale * dot(query, rowNumbers(keys.tensor, t)) - (taken?.[at] ?? 0),
    );
    return { rows, weights: softmaxWeights(logits) };
  });
  return new WeighedResult(weighed, values);
}
