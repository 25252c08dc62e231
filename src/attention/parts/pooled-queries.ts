import { groupBy } from "../../core/group.ts";
import { flat, rowsOf, zeros } from "../../core/tensor.ts";
import type { Ops, Table } from "../../engines/ops.ts";
import type { Read } from "../read.ts";
import { tellRow } from "./choices.ts";
import { firstRows } from "./select.ts";

/** Query rows of one query head that stand in one block. */
interface BlockOfQueries {
  readonly block: number;
  readonly rows: readonly number[];
}

/** A block of keys, and its share of the weight of a block of queries. */
interface RankedBlock {
  readonly of: BlockOfQueries;
  readonly block: number;
  readonly share: number;
}

/** Pooled keys, and how much of the weight of pooled queries is covered. */
interface PooledChoice {
  /** kv head */
  readonly head: number;
  readonly means: Table;
  /** tokens of a block */
  readonly block: number;
  readonly gamma: number;
  /** blocks of the prompt */
  readonly blocks: number;
}

/**
 * Blocks that the query rows of one query head read: the weights of pooled queries over pooled keys are ranked for all
 * blocks of queries together, and the largest are kept that stay within gamma of the whole, as in FlexPrefill's code.
 *
 * Blocks of queries that are only a sample of the prompt's keep the next largest too: one block of queries alone may
 * give more than gamma to a single block of keys.
 *
 * @param rows query rows of one query head
 * @returns for each of the rows its blocks, in no order
 */
export function rankedTogether(
  read: Read,
  rows: readonly number[],
  { means, head, block, gamma, blocks }: PooledChoice,
  ops: Ops,
): Map<number, number[]> {
  const groups = groupBy(rows, (i) => Math.floor((read.visible[i]! - 1) / block));
  const queries = [...groups].map(([own, members]): BlockOfQueries => ({ block: own, rows: members }));
  const shares = queries.map((of) => sharesOf(read, of, { means, block }, ops));
  const ranked = queries
    .flatMap((of, at) => shares[at]!.map((share, b): RankedBlock => ({ of, block: b, share })))
    .sort((a, b) => b.share - a.share);
  const wanted = gamma * queries.length;
  const isSample = queries.length < blocks;
  const chosen = new Map(rows.map((i) => [i, [] as number[]]));
  let sum = 0;
  for (const { of, block: b, share } of ranked) {
    const before = sum;
    sum += share;
    if (isSample ? before >= wanted : sum > wanted) break;
    for (const i of of.rows) chosen.get(i)!.push(b);
  }
  queries.forEach((of, at) => {
    for (const i of of.rows)
      tellRow(ops, i, () => shares[at]!, { unit: block, head, taken: chosen.get(i)!.length });
  });
  return chosen;
}

/** Weights of the mean query over the means of the blocks up to its own, of which the tokens count that a row sees. */
function sharesOf(
  { queries, keys, visible, scale }: Read,
  { block: own, rows }: BlockOfQueries,
  { means, block }: Pick<PooledChoice, "means" | "block">,
  ops: Ops,
): number[] {
  const mean = zeros(1, queries.shape[1]!);
  for (const i of rows)
    flat(rowsOf(queries, i, i + 1)).forEach((x, c) => (flat(mean)[c]! += x / rows.length));
  const end = rows.reduce((most, i) => Math.max(most, visible[i]!), 0);
  const ownKeys = rowsOf(keys.tensor, own * block, end);
  const ownMean = { ...means, tensor: ops.blockMean(ownKeys, block, block) };
  const scores = zeros(1, own + 1);
  if (own > 0) flat(scores).set(flat(ops.scores(mean, firstRows(means, own))));
  flat(scores).set(flat(ops.scores(mean, ownMean)), own);
  ops.softmax(scores, Int32Array.of(own + 1), scale);
  return Array.from(flat(scores));
}
