import type { EngineMemory, EngineShape } from "../engine-shape.ts";

/** Numbers that a matrix of scores, or the row lists of one call, may hold: 64 MB of float32. */
const chunkNumbers = 2 ** 24;

/** Query rows of a chunk: as many as fit with `width` numbers each, one at least. */
const chunkRows = (width: number): number => Math.max(1, Math.floor(chunkNumbers / Math.max(1, width)));

/** Runs `work` on query rows [from, to) so that (to - from, width) numbers stay within 64 MB. */
export function inChunks(count: number, width: number, work: (from: number, to: number) => void): void {
  const size = chunkRows(width);
  for (let from = 0; from < count; from += size) work(from, Math.min(count, from + size));
}

/** Bytes of the largest chunk of float32 scores when `count` query rows score `width` rows each. */
export const chunkBytes = (count: number, width: number): number =>
  4 * width * Math.min(count, chunkRows(width));

/** Memory of the scores that queries give to every token, in each head. @param queries that are scored together */
export const scoresMemory = (
  { tokens, kvHeads, queryHeads }: EngineShape,
  queries: number,
): EngineMemory => ({
  scores: chunkBytes((Math.min(queries, tokens) * queryHeads) / kvHeads, tokens),
});
