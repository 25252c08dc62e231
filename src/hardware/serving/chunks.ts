/** Nodes of a row, closer at its start: the first alone, or the last too. @param count values of the row */
export const nodesOf = (count: number, nodes: number): number[] =>
  nodes === 1
    ? [0]
    : [...new Set(Array.from({ length: nodes }, (_, n) => Math.round((count - 1) * (n / (nodes - 1)) ** 2)))];

/**
 * Values f(0), f(1) ... f(count - 1) of a function that is smooth except at its end. A short row is computed whole; of a
 * long one, nodes that lie closer at the start are computed and joined by lines.
 *
 * @param nodes number of values computed of a long row, besides the last
 */
export function smoothRow(count: number, f: (i: number) => number, nodes = 17): number[] {
  if (count <= nodes) return Array.from({ length: count }, (_, i) => f(i));
  // the last chunk may have another size
  const smooth = count - 1;
  const at = nodesOf(smooth, nodes);
  const values = at.map(f);
  const row = at.slice(1).flatMap((end, n) => {
    const [from, low, high] = [at[n]!, values[n]!, values[n + 1]!];
    return Array.from({ length: end - from }, (_, i) => low + ((high - low) * i) / (end - from));
  });
  return [...row, values.at(-1)!, f(smooth)];
}
