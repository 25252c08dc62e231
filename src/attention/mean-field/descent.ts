import { upperTail } from "../../core/normal.ts";
import { blockSum, blockVariance, byPlace, rowLayouts, rowOf, shareOfBlocks } from "./blocks.ts";
import type { Held, BlockLayout, RecordRow } from "./blocks.ts";
import { kinOf, normalScores, sumOverRandom, threshold } from "./crowd.ts";
import type { Crowd, Like } from "./crowd.ts";
import { randomRows } from "./reads.ts";
import type { SoftmaxRead } from "./reads.ts";

/** A normal number, in units of g. */
interface Normal {
  readonly mean: number;
  readonly variance: number;
}

/** Moments of a normal number, given that it is above t. */
function above({ mean, variance }: Normal, t: number): Normal {
  const sd = Math.sqrt(variance);
  const z = (t - mean) / sd;
  const tail = upperTail(z);
  if (t === -Infinity || tail < 1e-12) return { mean, variance };
  const slope = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / tail;
  return { mean: mean + sd * slope, variance: Math.max(1e-9, variance * (1 + z * slope - slope * slope)) };
}

/**
 * Records in a row on the way down: probability that they are still found, and the part of the score that their noise
 * adds.
 */
interface Followed extends Required<Like>, RecordRow {
  readonly found: number;
  readonly raised: number;
}

/** Tokens of records in a row that a node of `size` tokens holds: as many as fit. */
const whole = (size: number, { recordTokens, run }: Followed): BlockLayout => {
  const anchors = Math.min(run, Math.max(1, Math.round(size / recordTokens)));
  return { anchors, members: Math.min(size - anchors, anchors * (recordTokens - 1)), perRun: 1 };
};

/**
 * A read of the leaves of a beam search down a tree of block means. A child's score is its parent's plus a deviation of
 * its own. Scores of kept nodes are normal numbers above a threshold, approximated as normal again.
 */
export function descends(
  crowd: Crowd,
  { branching, beam, levels }: { branching: number; beam: number; levels: number },
): SoftmaxRead {
  const { tokens, sharpness: g, run } = crowd;
  const nodes = (level: number): number => Math.floor((tokens - 1) / branching ** level);
  const varianceAt = (level: number): number => blockVariance(crowd, branching ** level) / branching ** level;
  const scoreOf = (level: number, held: Held): Normal => {
    const size = branching ** level;
    const { mean, sd } = blockSum(crowd, size, size * varianceAt(level), held);
    return { mean: mean / size, variance: (sd / size) ** 2 };
  };
  let kin = kinOf(crowd).map((like, i): Followed => ({
    ...like,
    ...rowOf(crowd, like, i),
    found: 1,
    raised: 0,
  }));
  let random: Normal = { mean: 0, variance: varianceAt(levels) };
  for (let level = levels; ; level--) {
    const size = branching ** level;
    const scored = kin.map((followed) =>
      (level > 1 ? [whole(size, followed)] : rowLayouts({ block: size, row: followed }).layouts).map(
        (held) => {
          const { mean, variance } = scoreOf(level, { ...held, similarity: followed.similarity });
          const count = (held.perRun * followed.count * followed.found) / followed.run;
          return { ...held, ...normalScores(count, mean + followed.raised, Math.sqrt(variance)) };
        },
      ),
    );
    // children of kept nodes, and whole nodes after the last whole parent
    const fresh = level === levels ? 0 : nodes(level) - branching * nodes(level + 1);
    const candidates = level === levels ? nodes(level) : branching * Math.min(beam, nodes(level + 1));
    const taken = scored.flat().reduce((sum, { count }) => sum + count, 0);
    const others = normalScores(Math.max(0, candidates - taken), random.mean, Math.sqrt(random.variance));
    const t = threshold(
      [...scored.flat(), others, normalScores(fresh, 0, Math.sqrt(varianceAt(level)))],
      beam,
    );
    if (level === 1) {
      const read = scored.map((all) => all.map((held) => ({ ...held, read: held.above(t) })));
      const [own, ...like] = read.map((all, i) => {
        const share = shareOfBlocks(all);
        const { found } = kin[i]!;
        const offsets = byPlace(all, (held) => held.read * found);
        return { match: share.match * found, members: share.members * found, offsets };
      });
      const rows = others.count * others.above(t) * branching;
      const neighbours = read
        .flat()
        .reduce((sum, of) => sum + of.count * of.read * Math.max(0, branching - of.anchors - of.members), 0);
      // a token's logit has the mean of its leaf's score
      const score = above(random, t).mean;
      const raised = g * score;
      const [chosen, beside] = [randomRows(crowd, rows), randomRows(crowd, neighbours)];
      const most = (power: number): number => sumOverRandom(crowd, tokens, power);
      return {
        kind: "softmax",
        gate: 1,
        ...own!,
        like,
        ...(run > 1 && { alike: 1, run }),
        rows: rows + neighbours,
        leak: Math.min(most(1), chosen.leak * Math.exp(raised)) + beside.leak,
        squares: Math.min(most(2), chosen.squares * Math.exp(2 * raised)) + beside.squares,
        random: [
          { keys: tokens, read: (z) => Math.min(1, (rows / tokens) * Math.exp(score * z - score ** 2 / 2)) },
          ...beside.random,
        ],
      };
    }
    kin = kin.map((followed, i) => {
      const score = scoreOf(level, { ...scored[i]![0]!, similarity: followed.similarity });
      const whole = { ...score, mean: score.mean + followed.raised };
      return {
        ...followed,
        found: followed.found * scored[i]![0]!.above(t),
        raised: above(whole, t).mean - score.mean,
      };
    });
    const kept = above(random, t);
    random = { ...kept, variance: kept.variance + Math.max(0, varianceAt(level - 1) - varianceAt(level)) };
  }
}
