/** Numbers that a matrix of scores, or the row lists of one call, may hold: 64 MB of float32. */
const chunkNumbers = 2 ** 24;

/** Runs `work` on query rows [from, to) so that (to - from, width) numbers stay within 64 MB. */
export function inChunks(count: number, width: number, work: (from: number, to: number) => void): void {
  const size = Math.max(1, Math.floor(chunkNumbers / Math.max(1, width)));
  for (let from = 0; from < count; from += size) work(from, Math.min(count, from + size));
}
