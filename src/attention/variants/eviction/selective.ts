import { int, real } from "../../../core/params.ts";
import { flat, tensor } from "../../../core/tensor.ts";
import type { Ops, Table } from "../../../engines/ops.ts";
import type { KeyValueCache, Queries } from "../../cache.ts";
import { inChunks } from "../../parts/chunks.ts";
import { attendKept, budgetParam, keptCost, retained } from "../../parts/kept.ts";
import type { Kept } from "../../parts/kept.ts";
import { listAt } from "../../parts/lists.ts";
import { softmaxWeights } from "../../parts/softmax-weights.ts";
import { Spans } from "../../parts/spans.ts";
import { eachRow } from "../../parts/votes.ts";
import { WeighedResult } from "../../parts/weighed-rows.ts";
import type { WeighedRows } from "../../parts/weighed-rows.ts";
import type { HeadResult } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/** Mask that the context has made. */
interface Masked {
  /** (N, 1) F, which is subtracted from a token's logits in every head */
  readonly off: Table;
  readonly kept: readonly Kept[];
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
 * before. Simplified: the source trains the first head to select; untrained logits are above 0 for half of all pairs,
 * so that F grows with a token's age and leaves a window (`offset=0`). `offset` stands for what training must learn:
 * logits below that share of a match's select nothing. The constructed reader's context asks nothing, so at the default
 * nothing is masked and attention is dense. `observe` queries evenly over the prompt stand for all of them, and the
 * prompt is read densely.
 */
export const selective = defineVariant({
  name: "selective",
  family: "eviction",
  summary: "the context's tokens mask earlier ones for good (selective attention)",
  formula: [
    "F_t = sum over the context's queries l > t of max(0, z_lt - offset g sqrt(d)) in head 0; F_0 = 0",
    "o = sum_(t kept) p_t v_t, p = softmax over the kept of (z_t - F_t); kept = the budget of least F, and the last",
  ].join("\n"),
  sources: [
    {
      title: "Selective Attention Improves Transformer",
      url: "https://arxiv.org/abs/2410.02703",
      where: "sections 3 and 5",
    },
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
  prefill: "dense",
  budgetParam: "budget",
  small: { offset: 0, budget: 200, observe: 16 },
  refuses: { logitShaping: "the context's mask is subtracted from the logits, before any other rule" },
  prepare(cache, { offset, budget, observe }, ops): Masked {
    const sums = maskOf(cache, cache.observed(observe, false, "even"), offset, ops);
    return {
      off: { tensor: tensor(sums, [cache.tokens, 1]), kind: "index", rowBytes: maskBytes },
      kept: retained(
        cache,
        { budget, recent: 1, queryAware: false },
        (_, from) => Float64Array.from(sums.subarray(0, from), (f) => -f),
        ops,
      ),
    };
  },
  attend({ queries, cache, index: { off, kept }, ops }) {
    const plain = attendKept({ queries, cache, index: kept, ops });
    const read = readMasks(queries, off, kept[0]!, ops);
    if (read.every(({ taken }) => taken === undefined)) return plain;
    return { heads: plain.heads.map((head, h) => masked(head, queries, read, cache.heads[h]!.values)) };
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
  denseAt: ({ tokens }) => ({ offset: 2, budget: tokens }),
});

/** (N) F of each token, in the space of the first head. */
function maskOf(cache: KeyValueCache, queries: Queries, offset: number, ops: Ops): Float32Array {
  const [first] = cache.heads;
  const sums = (flat(first!.space.empty(cache.tokens, 1)) as Float32Array).fill(0);
  const least = offset * queries.scale * cache.headDim;
  let row = 0;
  eachRow({ queries, cache, h: 0, ops }, false, (scores, visible) => {
    const i = Math.floor(row / queries.group);
    // the first query head selects; each query stands for the queries since the one before
    if (row++ % queries.group !== 0) return;
    const stands = i === 0 ? queries.positions[0]! + 1 : queries.positions[i]! - queries.positions[i - 1]!;
    for (let t = 1; t < visible - 1; t++)
      sums[t]! += stands * Math.max(0, queries.scale * scores[t]! - least);
  });
  return sums;
}

/** F of the rows that one query reads, ascending; absent if all of it is 0. */
interface ReadMask {
  readonly rows: Int32Array;
  readonly taken?: ArrayLike<number>;
}

/** Reads F of the kept rows that each query sees, once for all heads. */
function readMasks({ positions }: Queries, off: Table, { rows, from }: Kept, ops: Ops): ReadMask[] {
  const spans = new Spans(positions.length, (i, add) => {
    for (const row of rows) if (row <= positions[i]!) add(row, row + 1);
    add(from, positions[i]! + 1);
  });
  const read: ReadMask[] = [];
  inChunks(positions.length, off.tensor.shape[0], (first, last) => {
    const lists = spans.lists(first, last);
    const ones = tensor(new Float32Array(last - first).fill(1), [last - first, 1]);
    const all = Float64Array.from(ops.scoresAt(ones, off, lists));
    for (let i = 0; i < last - first; i++) {
      const taken = all.subarray(lists.offsets[i], lists.offsets[i + 1]);
      read.push({ rows: listAt(lists, i), ...(taken.some((f) => f > 0) && { taken }) });
    }
  });
  return read;
}

/** A head's softmax, with F subtracted from its logits. */
function masked(
  head: HeadResult,
  { count, group }: Queries,
  read: readonly ReadMask[],
  values: Table,
): HeadResult {
  const weighed = Array.from({ length: count * group }, (_, row): WeighedRows => {
    const { rows, taken } = read[Math.floor(row / group)]!;
    const logits = head.weights(row, rows).map((weight, at) => Math.log(weight) - (taken?.[at] ?? 0));
    return { rows, weights: softmaxWeights(logits) };
  });
  return new WeighedResult(weighed, values);
}
