import { upperQuantile, upperTail } from "../../core/normal.ts";
import { kinOf, sumOverRandom, threshold } from "./crowd.ts";
import type { Crowd, Like, Scored } from "./crowd.ts";
import { randomRows } from "./reads.ts";
import type { Share, SoftmaxRead } from "./reads.ts";

/** A stage of pruning: candidates are cut into chunks of `chunk` tokens, and chunks of `keep` tokens together stay. */
export interface Stage {
  readonly chunk: number;
  readonly keep: number;
}

/** Number of offsets of an anchor in a chunk that are tried. */
const offsetsTried = 64;

/** Largest score so far on a path: the largest of `count` keys of this mean. */
interface Largest {
  readonly mean: number;
  readonly count: number;
}

/** Mean of the largest of n standard normal numbers (Blom 1958). */
const largestOf = (n: number): number => -upperQuantile((n - 0.375) / (n + 0.25));

/** Probability that one more key, of mean score m, is above the largest so far. */
const isAbove = (m: number, { mean, count }: Largest): number =>
  m === mean ? 1 / (count + 1) : upperTail((mean + largestOf(count) - m) / Math.SQRT2);

/** Probability that a chunk's representative is a key of a mean above 0. The path to it chooses a half at each step. */
function reaches(meanAt: (row: number) => number, chunk: number): number {
  const walk = (at: number, half: number, largest: Largest): number => {
    if (half < 1) return largest.mean > 0 ? 1 : 0;
    const mean = meanAt(at + half);
    const moves = isAbove(mean, largest);
    const [same, count] = [mean === largest.mean, largest.count + 1];
    return (
      moves * walk(at + half, half / 2, { mean, count: same ? count : 1 }) +
      (1 - moves) * walk(at, half / 2, same ? { mean, count } : largest)
    );
  };
  return walk(0, chunk / 2, { mean: meanAt(0), count: 1 });
}

/** Chunks without records like the query's. A chunk's score is the largest of the keys on a path. */
const randomChunks = (count: number, chunk: number): Scored => {
  const keys = Math.log2(chunk) + 1;
  return { count, above: (t) => 1 - (1 - upperTail(t)) ** keys };
};

/**
 * A read of the tokens that stages of pruning leave of `between` tokens. A chunk in which a path reaches a record like
 * the query's is kept; other chunks fill the room that is left. The part of a kept chunk with its representative has
 * the same path and score at the next stage.
 */
export function prunes(crowd: Crowd, stages: readonly Stage[], between: number): SoftmaxRead {
  const { run } = crowd;
  const active: { readonly chunk: number; readonly luck: number }[] = [];
  let [kept, known]: [number, Scored[]] = [between, []];
  for (const { chunk, keep } of stages) {
    if (kept <= keep) continue;
    const count = kept / chunk;
    const fresh = randomChunks(count - known.reduce((sum, of) => sum + of.count, 0), chunk);
    const t = threshold([...known, fresh], keep / chunk);
    active.push({ chunk, luck: fresh.above(t) });
    // representatives that stay have scores above t at the next stage
    known = [...known, fresh].map((of) => {
      const share = of.above(t);
      return { count: of.count * share, above: (u) => (u <= t ? 1 : of.above(u) / share) };
    });
    kept = keep;
  }
  const largest = active[0]?.chunk ?? 1;
  const shareOf = (kin: Required<Like>, row: number): Share => {
    const tries = Math.min(largest, offsetsTried);
    const offsets = Array.from({ length: tries }, (_, i) => {
      const offset = Math.floor(((i + 0.5) * largest) / tries);
      return Array.from({ length: row }, (_, order) => chanceAt(crowd, kin, { row, order, offset }, active));
    });
    const match = offsets.flat().reduce((sum, chance) => sum + chance, 0) / (tries * row);
    return { match, members: match, offsets };
  };
  const kin = kinOf(crowd);
  const shares = kin.map((records, i) => shareOf(records, i === 0 ? run : 1));
  // at most as many tokens of records as are kept
  const found = kin.reduce(
    (sum, { count, recordTokens }, i) => sum + count * recordTokens * shares[i]!.match,
    0,
  );
  const part = Math.min(1, kept / Math.max(1, found));
  const [own, ...like] = shares.map((share) => ({ ...share, members: share.members * part }));
  const rows = Math.max(0, kept - found);
  // each kept chunk has a key that is the largest of a path
  const keys = active.length === 0 ? 0 : rows / active.at(-1)!.chunk;
  const t = upperQuantile(Math.min(0.5, keys / Math.max(1, between)));
  const plain = randomRows(crowd, rows - keys);
  const best = (power: number): number =>
    keys === 0 ? 0 : sumOverRandom(crowd, between, power, (shift) => upperTail(t - shift));
  return {
    kind: "softmax",
    gate: 1,
    ...own!,
    like,
    ...(run > 1 && { alike: 1, run }),
    rows,
    leak: plain.leak + best(1),
    squares: plain.squares + best(2),
  };
}

/**
 * Probability that the chunk of an anchor is kept at every stage. `offset` is that of the anchor in a first-stage
 * chunk.
 */
function chanceAt(
  { fidelity: rho, coherence: c, headDim }: Crowd,
  { similarity, recordTokens }: Required<Like>,
  { row, order, offset }: { row: number; order: number; offset: number },
  stages: readonly { readonly chunk: number; readonly luck: number }[],
): number {
  const length = Math.max(1, Math.round(recordTokens));
  const unit = similarity * Math.sqrt(headDim);
  /** Mean score of a token `behind` tokens after the anchor. */
  const meanAt = (behind: number): number => {
    const place = (order + 1) * length - 1 + behind;
    if (place < 0 || place >= row * length) return 0;
    return unit * ((place + 1) % length === 0 ? rho : Math.sqrt(c));
  };
  let [all, reached] = [1, NaN];
  for (const { chunk, luck } of stages.toReversed()) {
    const at = offset % chunk;
    const reach = reaches((token) => meanAt(token - at), chunk);
    // reached at this stage as at the next one, or not reached and kept by luck
    if (Number.isNaN(reached)) all = reach + (1 - reach) * luck;
    else {
      const same = Math.min(1, reach / Math.max(reached, 1e-9));
      all *= same + (1 - same) * luck;
    }
    reached = reach;
  }
  return all;
}
