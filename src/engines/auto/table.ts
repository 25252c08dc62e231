/**
 * Calls that are sent to one engine or another, and their sizes. Other calls stay with the first engine.
 *
 * - attend: queries that see about the same rows: queries, rows, width
 * - causal: queries of which earlier ones see fewer rows, as in a prefill: queries, rows, width
 * - listed: queries with a list of rows each: queries, rows of a list, width
 * - scores: queries, rows, width
 * - reluScores: queries times index heads, rows, width
 * - blockMean: rows, width, rows of a block
 * - topK: queries, rows, k
 */
export const callKinds = ["attend", "causal", "listed", "scores", "reluScores", "blockMean", "topK"] as const;

export type CallKind = (typeof callKinds)[number];

export type CallSizes = readonly [number, number, number];

/** Times of a call of one shape. */
export interface TimedCall {
  readonly kind: CallKind;
  readonly sizes: CallSizes;
  /** milliseconds of the fastest call, by engine */
  readonly ms: Readonly<Record<string, number>>;
}

/** The machine and the engines that a table of times holds for. */
export interface TimedOn {
  readonly processor: string;
  readonly threads: number;
  /** versions by name, of all the engines that were timed */
  readonly engines: Readonly<Record<string, string>>;
}

/** A table that `attnsim bench --calibrate` measured. */
export interface EngineTimes extends TimedOn {
  readonly table: readonly TimedCall[];
}

/**
 * The engine that was fastest at the timed shape nearest to this one, nearest by the ratios of the sizes. It is the
 * first of `engines` if nothing was timed, and the earlier one of two that are as fast.
 *
 * @param engines names to choose from
 */
export function fastest(
  table: readonly TimedCall[],
  engines: readonly string[],
  kind: CallKind,
  sizes: CallSizes,
): string {
  let nearest: TimedCall | undefined;
  let least = Infinity;
  for (const timed of table) {
    if (timed.kind !== kind) continue;
    const distance = timed.sizes.reduce((sum, size, i) => sum + ratio(size, sizes[i]!), 0);
    if (distance < least) [nearest, least] = [timed, distance];
  }
  const msOf = (name: string): number => nearest?.ms[name] ?? Infinity;
  return engines.reduce((best, name) => (msOf(name) < msOf(best) ? name : best));
}

const ratio = (a: number, b: number): number => Math.abs(Math.log2(Math.max(1, a) / Math.max(1, b)));
