import { upperQuantile, upperTail } from "../../core/normal.ts";
import { Random } from "../../core/random.ts";
import { probesOf } from "../parts/halves.ts";
import type { Probe, Stage } from "../parts/halves.ts";
import { kinOf, sumOverRandom, threshold } from "./crowd.ts";
import type { Crowd, Like, Scored } from "./crowd.ts";
import { randomRows } from "./reads.ts";
import type { Share, SoftmaxRead } from "./reads.ts";

/** Pruning of `between` tokens. */
interface Pruning {
  readonly stages: readonly Stage[];
  readonly between: number;
  readonly probe: Probe;
}

/** Number of offsets of an anchor in a chunk that are tried, and of draws of the keys' noise at each. */
const offsetsTried = 64;
const draws = 48;

/** Noise of keys: the same in every call, so that the mean field is a function of its arguments. */
const noise = (() => {
  const random = new Random("mean field/halving");
  return Float64Array.from({ length: 2 ** 16 }, () => random.normal());
})();

/** The largest score on the way down a chunk. @param scoreAt score of a key */
function largestOnWay(scoreAt: (row: number) => number, from: number, chunk: number, probe: Probe): number {
  if (chunk === 1) return scoreAt(from);
  let [at, largest] = [from, -Infinity];
  for (let size = chunk; size >= 2; size /= 2) {
    const [left, right] = probesOf(probe, size);
    const [a, b] = [scoreAt(at + left), scoreAt(at + right)];
    largest = Math.max(largest, a, b);
    if (a <= b) at += size / 2;
  }
  return largest;
}

/** Keys on the way down a chunk. Of the middle ones the last step asks one again, of the first ones every step. */
function keysOnWay(chunk: number, probe: Probe): number {
  const halvings = Math.log2(chunk);
  return probe === "first" ? halvings + 1 : Math.max(halvings + 1, 2 * halvings - 1);
}

/** Chunks without records like the query's. */
const randomChunks = (count: number, keys: number): Scored => ({
  count,
  above: (t) => 1 - (1 - upperTail(t)) ** keys,
});

/**
 * Parts of kept chunks in which the way down them ended, at the next stage. Their way is the lower end of that of the
 * whole chunk, which scored above t. Of first keys the last winner is the largest, so that they score above t too.
 *
 * @param of scores of the whole chunks; `keys` on their way, `own` of them in the part
 */
function partsOf(
  of: Scored,
  t: number,
  { keys, own, probe }: { keys: number; own: number; probe: Probe },
): Scored {
  const share = of.above(t);
  const part = randomChunks(1, own).above;
  const upper = randomChunks(1, keys - own).above(t);
  return {
    count: of.count * share,
    above(u) {
      if (probe === "first") return u <= t ? 1 : of.above(u) / share;
      return u > t ? Math.min(1, part(u) / share) : 1 - Math.min(1, ((1 - part(u)) * upper) / share);
    },
  };
}

/** A read of the tokens that stages of pruning leave: at each, chunks with the largest scores on the way down them. */
export function prunes(crowd: Crowd, { stages, between, probe }: Pruning): SoftmaxRead {
  const { run } = crowd;
  const active: Cut[] = [];
  let [kept, known]: [number, Scored[]] = [between, []];
  for (const { chunk, keep } of stages) {
    if (kept <= keep) continue;
    const keys = keysOnWay(chunk, probe);
    const before = active.at(-1);
    known =
      before === undefined
        ? []
        : known.map((of) => partsOf(of, before.least, { keys: before.keys, own: keys, probe }));
    known.push(randomChunks(kept / chunk - known.reduce((sum, of) => sum + of.count, 0), keys));
    active.push({ chunk, keys, least: threshold(known, keep / chunk) });
    kept = keep;
  }
  const largest = active[0]?.chunk ?? 1;
  const shareOf = (kin: Required<Like>, row: number): Share => {
    const tries = Math.min(largest, offsetsTried);
    const offsets = Array.from({ length: tries }, (_, i) => {
      const offset = Math.floor(((i + 0.5) * largest) / tries);
      return Array.from({ length: row }, (_, order) =>
        chanceAt(crowd, kin, { row, order, offset }, { cuts: active, probe }),
      );
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
  // each kept chunk has a key that is the largest on a way
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
    random: [...plain.random, ...(keys === 0 ? [] : [{ keys: between, read: (z: number) => Number(z > t) }])],
  };
}

/** A stage that leaves something out: keys on the way down a chunk, and the score above which a chunk stays. */
interface Cut {
  readonly chunk: number;
  readonly keys: number;
  readonly least: number;
}

/**
 * Probability that the chunk of an anchor is kept at every stage: the share of draws of the keys' noise. `offset` is
 * that of the anchor in a first-stage chunk.
 */
function chanceAt(
  { fidelity: rho, coherence: c, headDim }: Crowd,
  { similarity, recordTokens }: Required<Like>,
  { row, order, offset }: { row: number; order: number; offset: number },
  { cuts, probe }: { cuts: readonly Cut[]; probe: Probe },
): number {
  const length = Math.max(1, Math.round(recordTokens));
  const unit = similarity * Math.sqrt(headDim);
  const means = Float64Array.from({ length: cuts[0]?.chunk ?? 0 }, (_, token) => {
    const place = (order + 1) * length - 1 + token - offset;
    if (place < 0 || place >= row * length) return 0;
    return unit * ((place + 1) % length === 0 ? rho : Math.sqrt(c));
  });
  let kept = 0;
  for (let draw = 0; draw < draws; draw++) {
    // a stretch of the noise for each draw at each offset
    const from = 251 * (draw * offsetsTried + offset);
    const scoreAt = (token: number): number => means[token]! + noise[(from + token) % noise.length]!;
    const stays = cuts.every(
      ({ chunk, least }) => largestOnWay(scoreAt, Math.floor(offset / chunk) * chunk, chunk, probe) > least,
    );
    if (stays) kept++;
  }
  return kept / draws;
}
