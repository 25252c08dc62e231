/**
 * Calls that are sent to one engine or another, and what their sizes are. Other calls stay with the first engine.
 *
 * - attend: queries that see about the same rows: queries, rows, width
 * - causal: queries that see fewer rows the earlier they are, as a prefill's: queries, rows, width
 * - listed: queries with a list of rows each: queries, rows of a list, width
 * - scores: queries, rows, width
 * - reluScores: queries times index heads, rows, width
 * - blockMean: rows, width, rows of a block
 * - topK: queries, rows, k
 */
export const callKinds = ["attend", "causal", "listed", "scores", "reluScores", "blockMean", "topK"] as const;

export type CallKind = (typeof callKinds)[number];

export type Sizes = readonly [number, number, number];

/** What a call of one shape took. */
export interface Measured {
  readonly kind: CallKind;
  readonly sizes: Sizes;
  /** milliseconds of the fastest call, by engine */
  readonly ms: Readonly<Record<string, number>>;
}

/**
 * The engine that was fastest at the measured shape nearest to this one, nearest by the ratios of the sizes. The
 * first of `engines` where nothing was measured; ties go to the earlier.
 *
 * @param engines names to choose from
 */
export function fastest(
  table: readonly Measured[],
  engines: readonly string[],
  kind: CallKind,
  sizes: Sizes,
): string {
  let nearest: Measured | undefined;
  let least = Infinity;
  for (const measured of table) {
    if (measured.kind !== kind) continue;
    const distance = measured.sizes.reduce((sum, size, i) => sum + ratio(size, sizes[i]!), 0);
    if (distance < least) [nearest, least] = [measured, distance];
  }
  const msOf = (name: string): number => nearest?.ms[name] ?? Infinity;
  return engines.reduce((best, name) => (msOf(name) < msOf(best) ? name : best));
}

const ratio = (a: number, b: number): number => Math.abs(Math.log2(Math.max(1, a) / Math.max(1, b)));
