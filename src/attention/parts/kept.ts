import type { StepCost, StepShape } from "../../core/cost.ts";
import { flag, int } from "../../core/params.ts";
import { tensor } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import type { KeyValueCache } from "../cache.ts";
import type { AttentionResult } from "../read.ts";
import type { AttendArguments } from "../variant.ts";
import { tellKept } from "./choices.ts";
import { costOfTokens } from "./costs.ts";
import { perHead } from "./per-head.ts";
import { softmaxRead } from "./softmax-read.ts";
import { Spans } from "./spans.ts";

/** Rows that a kv head keeps: single rows, ascending, and every row from `from` on. */
export interface Kept {
  readonly rows: Int32Array;
  readonly from: number;
}

/** Size of what eviction keeps. */
export interface Retention {
  /** tokens of a head */
  readonly budget: number;
  /** newest tokens of the context that are kept whatever their score */
  readonly recent: number;
  /** whether the context ends with the question */
  readonly queryAware: boolean;
}

const nothing = new Int32Array(0);

/**
 * Splits the tokens: keys [0, from) are scored, later ones kept; `room` scored keys can stay; the context ends at
 * `end`.
 */
export function split(
  cache: KeyValueCache,
  { budget, recent, queryAware }: Retention,
): { from: number; end: number; room: number } {
  const end = queryAware ? cache.tokens : cache.contextEnd + 1;
  const from = Math.max(end - recent, cache.tokens - budget);
  return { from, end, room: budget - (cache.tokens - from) };
}

/**
 * Rows that each head keeps within its budget: the keys of largest score, the last `recent` keys of the context, and
 * the keys after the context. Everything is kept if it fits.
 *
 * @param scoresOf (from) scores of a head's keys [0, from), decided by the context's keys [0, end)
 */
export function retained(
  cache: KeyValueCache,
  retention: Retention,
  scoresOf: (h: number, from: number, end: number) => Float64Array,
  ops: Ops,
): readonly Kept[] {
  const { tokens, heads } = cache;
  if (tokens <= retention.budget) return heads.map(() => ({ rows: nothing, from: 0 }));
  const { from, end, room } = split(cache, retention);
  return heads.map((_, h) => {
    if (room <= 0) return { rows: nothing, from };
    const scores = scoresOf(h, from, end);
    tellKept(ops, h, scores, room);
    return { rows: best(scores, room, ops), from };
  });
}

/** The `k` places of largest score, ascending; ties to the lower. */
export const best = (scores: Float64Array, k: number, ops: Ops): Int32Array =>
  ops.topK(tensor(scores, [1, scores.length]), k, Int32Array.of(scores.length)).rows;

/** For each head the rows of its scores (from) that are among the heads x room largest of all heads, ascending. */
export function largestOfAll(scores: readonly Float64Array[], room: number, ops: Ops): Int32Array[] {
  const from = scores[0]!.length;
  const all = new Float64Array(scores.length * from);
  scores.forEach((own, h) => all.set(own, h * from));
  const chosen = best(all, scores.length * room, ops);
  return scores.map((_, h) => chosen.filter((at) => Math.floor(at / from) === h).map((at) => at - h * from));
}

/** How heads divide a budget: each head's rows, of the scores (from) of all heads; `room` rows a head in the mean. */
export type Divide = (scores: readonly Float64Array[], room: number) => readonly Int32Array[];

/** Rows that heads keep of one budget for all: `retained`, with scores of all heads at once. */
export function retainedByAll(
  cache: KeyValueCache,
  retention: Retention,
  scoresOf: (from: number, end: number) => readonly Float64Array[],
  { divide, ops }: { readonly divide: Divide; readonly ops: Ops },
): readonly Kept[] {
  const { tokens, heads } = cache;
  if (tokens <= retention.budget) return heads.map(() => ({ rows: nothing, from: 0 }));
  const { from, end, room } = split(cache, retention);
  if (room <= 0) return heads.map(() => ({ rows: nothing, from }));
  const scores = scoresOf(from, end);
  return keptBy(scores, divide(scores, room), from, ops);
}

/**
 * kvpress's division (adakv_press.py): each head keeps its largest scores, `floor` x budget together with what it keeps
 * anyway, and what its other scores win of the rest. With a floor of 1 every head keeps the same number.
 */
export const guaranteed =
  ({ budget, floor }: { readonly budget: number; readonly floor: number }, ops: Ops): Divide =>
  (scores, room) => {
    const safe = Math.max(0, Math.floor(floor * budget) - (budget - room));
    const raised = scores.map((own) => {
      const out = own.slice();
      if (safe > 0) for (const t of best(own, safe, ops)) out[t] = Infinity;
      return out;
    });
    return largestOfAll(raised, room, ops);
  };

/** Rows that heads keep by their scores, and every row from `from` on. */
export const keptBy = (
  scores: readonly Float64Array[],
  rows: readonly Int32Array[],
  from: number,
  ops: Ops,
): Kept[] =>
  rows.map((own, h) => {
    tellKept(ops, h, scores[h]!, own.length);
    return { rows: own, from };
  });

/** Dense attention over the rows that are kept. */
export const attendKept = ({
  queries,
  cache,
  index: kept,
  ops,
}: AttendArguments<readonly Kept[]>): AttentionResult =>
  perHead(queries, cache, (read, _head, h) => {
    const { rows, from } = kept[h]!;
    const spans = new Spans(read.visible.length, (i, add) => {
      for (const row of rows) if (row < read.visible[i]!) add(row, row + 1);
      add(from, read.visible[i]!);
    });
    return softmaxRead({ ...read, spans }, ops);
  });

/** Cost of a decode step over the tokens that a budget keeps. */
export function keptCost(shape: StepShape, budget: number): StepCost {
  const kept = Math.min(budget, shape.tokens);
  return costOfTokens(shape, kept, kept);
}

/** Parameter for the tokens that eviction keeps. */
export const budgetParam = (doc: string): ReturnType<typeof int> =>
  int(doc, { default: 2048, min: 1, sweep: [256, 512, 1024, 2048, 4096, 8192] });

export const queryAwareParam = flag("whether the scorer sees the question's queries", { default: false });
