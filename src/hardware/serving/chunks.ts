/** Values that are taken of a long row; between two of them it is linear, or nearly. */
const nodes = 17;

/**
 * f(0), f(1) ... f(count - 1), where f is smooth but for its ends: all of them for a short row, for a long one those of
 * nodes that lie closer where the row starts, and lines between them.
 */
export function smoothRow(count: number, f: (i: number) => number): number[] {
  if (count <= nodes) return Array.from({ length: count }, (_, i) => f(i));
  // the last may be a chunk of its own size
  const smooth = count - 1;
  const at = [
    ...new Set(Array.from({ length: nodes }, (_, n) => Math.round((smooth - 1) * (n / (nodes - 1)) ** 2))),
  ];
  const values = at.map(f);
  const row = at.slice(1).flatMap((end, n) => {
    const [from, low, high] = [at[n]!, values[n]!, values[n + 1]!];
    return Array.from({ length: end - from }, (_, i) => low + ((high - low) * i) / (end - from));
  });
  return [...row, values.at(-1)!, f(smooth)];
}
