import type { Ops } from "../../engines/ops.ts";
import { best } from "./kept.ts";
import type { LineSums, Lines } from "./lines.ts";

/** Size of blocks, and how many of them FlexPrefill's code reads. */
export interface BlockShare {
  /** tokens of a block */
  readonly block: number;
  /** share of the weight that single columns, and single diagonals, are counted to cover */
  readonly gamma: number;
  /** tokens that are read at least */
  readonly minBudget: number;
}

/** A query head that was tried on some queries. */
interface TriedHead {
  readonly sums: LineSums;
  /** queries of the sums */
  readonly count: number;
  /** whether blocks are chosen by pooled keys instead; the least number of lines is read besides */
  readonly trusted: boolean;
}

/** Tokens for which the code counts one block, whatever the size of its blocks. */
const countedAs = 128;

/** Whether a prompt is so short that the code reads all of it. */
export const readWhole = (tokens: number, { block, minBudget }: BlockShare): boolean =>
  tokens <= Math.max(2 * block, Math.ceil(minBudget / block) * block);

/** Weight of each block of columns. @param count queries of the sums */
export function columnBlocks({ columns }: LineSums, block: number, count: number): Float64Array {
  const sums = new Float64Array(Math.ceil(columns.length / block));
  columns.forEach((weight, t) => (sums[Math.floor(t / block)]! += weight / count));
  return sums;
}

/** Weight of each block of diagonals: distance 0, the query's own block, first. @param count as of `columnBlocks` */
function diagonalBlocks({ diagonals }: LineSums, block: number, count: number): Float64Array {
  const tokens = diagonals.length;
  const sums = new Float64Array(Math.ceil(tokens / block));
  // the blocks are cut from the largest distance down, so that the nearest may be short
  diagonals.forEach((weight, distance) => {
    sums[sums.length - 1 - Math.floor((tokens - 1 - distance) / block)]! += weight / count;
  });
  return sums;
}

/**
 * Blocks of columns and of diagonals, counted in blocks, as FlexPrefill's code chooses them: as many as the single
 * columns (diagonals) that cover `gamma` fill, and one more; the first columns and nearest diagonals are among them.
 */
export function blockLines({ sums, count, trusted }: TriedHead, share: BlockShare, ops: Ops): Lines {
  const { block, gamma } = share;
  const blocks = Math.ceil(sums.columns.length / block);
  const least = Math.min(blocks, Math.ceil(share.minBudget / block));
  const numberOf = (weights: Float64Array): number =>
    trusted
      ? least
      : Math.min(blocks, Math.max(least, Math.floor(coverCount(weights, count, gamma) / countedAs) + 1));
  const columns = columnBlocks(sums, block, count);
  const diagonals = diagonalBlocks(sums, block, count);
  [columns[0], diagonals[0]] = [Infinity, Infinity];
  return {
    columns: best(columns, numberOf(sums.columns), ops),
    diagonals: best(diagonals, numberOf(sums.diagonals), ops),
  };
}

/** Largest weights that stay within the share together, and one more. */
function coverCount(weights: Float64Array, count: number, share: number): number {
  const ordered = weights.toSorted((a, b) => b - a);
  let [sum, at] = [0, 0];
  while (at < ordered.length && (sum += ordered[at]! / count) <= share) at++;
  return at + 1;
}
