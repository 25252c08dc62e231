import { upperTail } from "../../core/normal.ts";
import { remember } from "../../core/remember.ts";
import { isCommon, kinOf, restShare, sumOverRandom, threshold } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import { randomRows, readsBlindly, withLast } from "./reads.ts";
import type { Share, SoftmaxRead } from "./reads.ts";

/** Tokens in a block of records whose key resembles the query's code. */
export interface Held {
  /** number of anchors, and of other tokens of the records */
  readonly anchors: number;
  readonly members: number;
  readonly similarity: number;
}

/** A block that holds tokens of records, and the number of such blocks expected for a run of records. */
export interface BlockLayout {
  readonly anchors: number;
  readonly members: number;
  readonly perRun: number;
  /** index of the run's offset among those tried; absent for blocks without an anchor, whose offsets do not matter */
  readonly offset?: number | undefined;
}

const offsetsTried = 16;

/** Records in a row, and the gap between them. */
export interface RecordRow {
  readonly recordTokens: number;
  readonly gap: number;
  /** number of records */
  readonly run: number;
}

/** Row that records of a kin stand in: matches in the crowd's rows, other records alone. */
export const rowOf = (
  crowd: Crowd,
  { recordTokens }: { readonly recordTokens: number },
  kin: number,
): RecordRow => ({
  recordTokens,
  gap: crowd.gap,
  run: kin === 0 ? crowd.run : 1,
});

/** Tokens from the first token of a row to its last anchor. */
export const rowLength = ({ recordTokens, gap, run }: RecordRow): number =>
  run * Math.max(1, Math.round(recordTokens)) + (run - 1) * gap;

/** Tokens of records among the tokens [from, to), counted from the first token of a row. */
export function heldIn(
  { recordTokens, gap, run }: RecordRow,
  from: number,
  to: number,
): Omit<Held, "similarity"> {
  const length = Math.max(1, Math.round(recordTokens));
  let [anchors, tokens] = [0, 0];
  for (let start = 0, i = 0; i < run; i++, start += length + gap) {
    const end = start + length;
    tokens += Math.max(0, Math.min(end, to) - Math.max(start, from));
    anchors += end > from && end <= to ? 1 : 0;
  }
  return { anchors, members: tokens - anchors };
}

/** Blocks that a row touches, and their different contents. */
interface RowLayouts {
  readonly layouts: readonly BlockLayout[];
  /** number of each layout's contents among the different ones */
  readonly contents: readonly number[];
  readonly different: readonly BlockLayout[];
}

/** Blocks that a row touches, over all offsets of its first token in a block, or 16 offsets evenly. */
export const rowLayouts = remember(
  4096,
  ({ block, row }) => `${block} ${row.recordTokens} ${row.gap} ${row.run}`,
  ({ block, row }: { readonly block: number; readonly row: RecordRow }): RowLayouts => {
    const layouts = findLayouts(block, row);
    const different = new Map<string, { readonly number: number; readonly layout: BlockLayout }>();
    const contents = layouts.map((layout) => {
      const key = `${layout.anchors} ${layout.members}`;
      const known = different.get(key) ?? { number: different.size, layout };
      different.set(key, known);
      return known.number;
    });
    return { layouts, contents, different: [...different.values()].map(({ layout }) => layout) };
  },
);

function findLayouts(block: number, row: RecordRow): BlockLayout[] {
  const offsets = Math.min(block, offsetsTried);
  const found = new Map<string, BlockLayout>();
  for (let i = 0; i < offsets; i++) {
    const start = Math.floor(((i + 0.5) * block) / offsets);
    for (let at = 0; at < start + rowLength(row); at += block) {
      const { anchors, members } = heldIn(row, at - start, at - start + block);
      if (anchors + members === 0) continue;
      const key = anchors > 0 ? `${i} ${at}` : `${members}`;
      const perRun = (found.get(key)?.perRun ?? 0) + 1 / offsets;
      found.set(key, { anchors, members, perRun, offset: anchors > 0 ? i : undefined });
    }
  }
  return [...found.values()];
}

/**
 * Variance of a block's mean logit, times its tokens, in units of g^2. It is 1, plus the covariance of tokens of one
 * code (those of a run of records), plus the variance of the number of records of common kin in a block.
 */
export function blockVariance(crowd: Crowd, block: number): number {
  const { coherence: c, fidelity: rho, recordTokens, run, headDim, tokens } = crowd;
  const common = kinOf(crowd).reduce((sum, { count, similarity, recordTokens: length }, i) => {
    if (!isCommon(crowd, i, block)) return sum;
    const held = Math.min(length, block);
    const logits = Math.sqrt(headDim) * similarity * (rho + (held - 1) * Math.sqrt(c));
    return sum + (count / tokens) * logits * logits;
  }, 0);
  const length = recordTokens * run;
  const weight = ((recordTokens - 1) * Math.sqrt(c) + rho) / recordTokens;
  const reach = Math.min(Math.ceil(length), block) - 1;
  // the sum over lags of (1 - lag / block) (1 - lag / length)
  const [s1, s2] = [(reach * (reach + 1)) / 2, (reach * (reach + 1) * (2 * reach + 1)) / 6];
  const sum = reach - s1 / block - s1 / length + s2 / (block * length);
  return 1 + common + 2 * restShare(crowd, block) * weight * weight * Math.max(0, sum);
}

/** Blocks with the same contents, and the probability that they are chosen. */
export interface HeldBlock extends BlockLayout {
  /** probability that one scores above t */
  readonly above: (t: number) => number;
}

/** Scores of blocks. */
export interface BlockScores {
  /** Blocks that records of one kind touch, in rows of `run`. */
  holding(similarity: number, row: RecordRow): readonly HeldBlock[];
  /**
   * Probability that a block without such records scores above t, if one of its tokens has a logit of the mean `shift`
   * g.
   */
  random(t: number, shift: number): number;
}

/** Blocks that records touch, scored by their contents: those of the same contents share a function. */
export const scoredLayouts =
  (block: number, aboveOf: (held: Held) => (t: number) => number): BlockScores["holding"] =>
  (similarity, row) => {
    const { layouts, contents, different } = rowLayouts({ block, row });
    const scores = different.map(({ anchors, members }) => aboveOf({ anchors, members, similarity }));
    return layouts.map(({ anchors, members, perRun, offset }, i) => ({
      anchors,
      members,
      perRun,
      offset,
      above: scores[contents[i]!]!,
    }));
  };

/** Blocks whose score is normal. @param correlation of a random block's score with the logit of one of its tokens */
export const normalBlocks = (
  block: number,
  moments: (held: Held) => { readonly mean: number; readonly sd: number },
  correlation: number,
): BlockScores => ({
  holding: scoredLayouts(block, (held) => {
    const { mean, sd } = moments(held);
    return (t) => upperTail((t - mean) / sd);
  }),
  random: (t, shift) => upperTail(t - shift * correlation),
});

/**
 * Moments of the sum of a block's logits in units of g: those of its records like the query's, whose code's length
 * varies by 1 / sqrt(2 d), and those of its tokens' noise.
 *
 * @param variance variance of a block without records (`blockVariance`)
 */
export function blockSum(
  { fidelity: rho, coherence: c, headDim }: Crowd,
  block: number,
  variance: number,
  { anchors, members, similarity }: Held,
): { readonly mean: number; readonly sd: number } {
  const shared = rho * anchors + Math.sqrt(c) * members;
  const mean = Math.sqrt(headDim) * similarity * shared;
  const own = anchors * (1 - rho * rho) + members * (1 - c) + (block - anchors - members) * variance;
  const other = (1 - similarity * similarity) * shared * shared;
  return { mean, sd: Math.sqrt(own + other + (mean * mean) / (2 * headDim)) };
}

/** Blocks scored by the mean of their keys. */
export function meanScores(crowd: Crowd, block: number): BlockScores {
  const variance = blockVariance(crowd, block);
  const sd = Math.sqrt(variance * block);
  return normalBlocks(
    block,
    (held) => {
      const sum = blockSum(crowd, block, variance, held);
      return { mean: sum.mean / sd, sd: sum.sd / sd };
    },
    sd / block,
  );
}

/** A choice among blocks. */
export interface BlockChoice {
  readonly block: number;
  /** blocks that are read */
  readonly k: number;
  readonly blocks: number;
}

/** Blocks with the same contents: their number, and the share of them that is chosen. */
export interface ChosenBlocks extends HeldBlock {
  readonly count: number;
  readonly read: number;
}

/**
 * Chooses the k blocks of largest score. Common kin, of which most blocks hold a record, mark no block.
 *
 * @returns blocks with records of each kin, the marked ones among them, the number of other blocks, and the least score
 */
export function chooseBlocks(
  crowd: Crowd,
  { block, k, blocks }: BlockChoice,
  scores: BlockScores,
): {
  readonly kin: readonly (readonly ChosenBlocks[])[];
  readonly marked: readonly ChosenBlocks[];
  readonly random: number;
  readonly least: number;
} {
  const all = kinOf(crowd).map((records, i) => {
    const row = rowOf(crowd, records, i);
    const held = scores.holding(records.similarity, row);
    const isMarked = !isCommon(crowd, i, block);
    return { held, isMarked, counts: held.map(({ perRun }) => (perRun * records.count) / row.run) };
  });
  const holding = all.reduce(
    (sum, { isMarked, counts }) => sum + (isMarked ? counts.reduce((own, count) => own + count, 0) : 0),
    0,
  );
  // the number of different blocks expected to hold a record: of few blocks some hold several
  const distinct = blocks < 1 ? 0 : blocks * (1 - (1 - 1 / blocks) ** holding);
  const share = holding > 0 ? distinct / holding : 1;
  const random = blocks - distinct;
  const told = all.flatMap(({ held, isMarked, counts }) =>
    isMarked ? held.map(({ above }, i) => ({ above, count: share * counts[i]! })) : [],
  );
  const least = threshold([...told, { count: random, above: (t) => scores.random(t, 0) }], k);
  const kin = all.map(({ held, isMarked, counts }) => {
    const known = new Map<HeldBlock["above"], number>();
    return held.map(({ anchors, members, perRun, offset, above }, i) => {
      const read = known.get(above) ?? above(least);
      known.set(above, read);
      const count = isMarked ? share * counts[i]! : counts[i]!;
      return { anchors, members, perRun, offset, above, count, read };
    });
  });
  return { kin, marked: kin.filter((_, i) => all[i]!.isMarked).flat(), random, least };
}

/** Numbers of anchors by place. @param blocks in order for each offset */
export function byPlace<T extends BlockLayout>(blocks: readonly T[], of: (held: T) => number): number[][] {
  const values: number[][] = [];
  for (const held of blocks)
    if (held.offset !== undefined)
      (values[held.offset] ??= []).push(...Array<number>(held.anchors).fill(of(held)));
  return values;
}

/** Share of the records in blocks that is read. */
export function shareOfBlocks(blocks: readonly ChosenBlocks[]): Share {
  const share = (of: (held: HeldBlock) => number): number => {
    let [all, read] = [0, 0];
    for (const held of blocks) {
      all += held.count * of(held);
      read += held.count * held.read * of(held);
    }
    return all > 0 ? read / all : 0;
  };
  return {
    match: share(({ anchors }) => anchors),
    members: share(({ members }) => members),
    offsets: byPlace(blocks, ({ read }) => read),
  };
}

/** A read of the k blocks of largest score. */
export function bestBlocks(
  crowd: Crowd,
  { block, k, blocks }: BlockChoice,
  scores: BlockScores = meanScores(crowd, block),
): SoftmaxRead {
  if (k <= 0 || blocks <= 0) return readsBlindly(crowd, 0);
  const { kin, marked, random, least } = chooseBlocks(crowd, { block, k, blocks }, scores);
  let neighbours = 0;
  for (const { count, read, anchors, members } of marked)
    neighbours += count * read * Math.max(0, block - anchors - members);
  const [own, ...like] = kin.map(shareOfBlocks);
  const rows = random * block;
  const read = (shift: number): number => scores.random(least, shift);
  const beside = randomRows(crowd, neighbours);
  return {
    kind: "softmax",
    gate: 1,
    ...own!,
    like,
    ...(crowd.run > 1 && { alike: 1, run: crowd.run }),
    rows: rows * read(0) + beside.rows,
    leak: sumOverRandom(crowd, rows, 1, read) + beside.leak,
    squares: sumOverRandom(crowd, rows, 2, read) + beside.squares,
    // a block's score hardly depends on one of its tokens: one of logit z is read as one of mean z
    random: [{ keys: rows, read }, ...beside.random],
  };
}

/** A read of k blocks: the best whole blocks before the query's own, and that. */
export function bestAndOwnBlock(crowd: Crowd, block: number, k: number, scores?: BlockScores): SoftmaxRead {
  const blocks = Math.floor((crowd.tokens - 1) / block);
  return withLast(
    crowd,
    bestBlocks(crowd, { block, k: k - 1, blocks }, scores),
    crowd.tokens - blocks * block,
  );
}
