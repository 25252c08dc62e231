import { upperTail } from "../../core/normal.ts";
import { isCommon, kinOf, restShare, sumOverRandom, threshold } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import { randomRows, readsBlindly, withLast } from "./reads.ts";
import type { Share, SoftmaxRead } from "./reads.ts";

/** What a block holds of records that share their key with the query's code. */
export interface Held {
  /** anchors and other tokens of the records */
  readonly anchors: number;
  readonly members: number;
  readonly similarity: number;
}

/** A block that holds something, and how many such are expected of a run of records. */
export interface BlockLayout {
  readonly anchors: number;
  readonly members: number;
  readonly perRun: number;
  /** of a run that begins at this of the offsets tried; blocks without an anchor are not told apart */
  readonly offset?: number;
}

const offsetsTried = 16;

/** Records in a row, with what stands between them. */
export interface RecordRow {
  readonly recordTokens: number;
  readonly gap: number;
  /** how many */
  readonly run: number;
}

/** The row that records of a kin stand in: matches in the crowd's, others alone. */
export const rowOf = (
  crowd: Crowd,
  { recordTokens }: { readonly recordTokens: number },
  kin: number,
): RecordRow => ({
  ...{ recordTokens, gap: crowd.gap },
  run: kin === 0 ? crowd.run : 1,
});

/** Tokens from the first of a row to its last anchor. */
export const rowLength = ({ recordTokens, gap, run }: RecordRow): number =>
  run * Math.max(1, Math.round(recordTokens)) + (run - 1) * gap;

/** What the tokens [from, to) hold, counted from a row's first. */
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

const known = new Map<string, readonly BlockLayout[]>();

/** What the blocks hold that a row touches, over all offsets of its first token in a block, or 16 evenly. */
export function layoutsOf(block: number, row: RecordRow): readonly BlockLayout[] {
  const key = `${block} ${row.recordTokens} ${row.gap} ${row.run}`;
  const layouts = known.get(key) ?? findLayouts(block, row);
  if (known.size >= 4096) known.clear();
  known.set(key, layouts);
  return layouts;
}

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
      found.set(key, { anchors, members, perRun, ...(anchors > 0 && { offset: i }) });
    }
  }
  return [...found.values()];
}

/**
 * Variance of a block's mean logit, times its tokens, in units of g^2: 1, what tokens of one code share (a run of records
 * is one), and how many records a block holds of the kin that all blocks hold some of.
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

/** Blocks that hold something alike, and how likely they are to be chosen. */
export interface HeldBlock extends BlockLayout {
  /** probability that one scores above t */
  above(t: number): number;
}

/** How blocks are scored. */
export interface BlockScores {
  /** the blocks that records of one kind touch, `run` of them in a row */
  holding(similarity: number, row: RecordRow): readonly HeldBlock[];
  /** probability that a block without scores above t, one of whose tokens has a logit of the mean `shift` g */
  random(t: number, shift: number): number;
}

/** Blocks that records touch, scored by what they hold. */
export const scoredLayouts =
  (block: number, aboveOf: (held: Held) => (t: number) => number): BlockScores["holding"] =>
  (similarity, row) =>
    layoutsOf(block, row).map((layout) => ({
      ...layout,
      above: aboveOf({ ...layout, similarity }),
    }));

/** Blocks whose score is normal. @param correlation of a random block's score with the logit of one of its tokens */
const normalBlocks = (
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
 * Moments of the sum of a block's logits in units of g: of what it holds of records like the query's, whose code's length
 * varies by 1 / sqrt(2 d), and of its tokens' own noise.
 *
 * @param variance of a block without (`blockVariance`)
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

/** What is read of blocks. */
export interface BlockChoice {
  readonly block: number;
  /** how many are read of those there are to choose from */
  readonly k: number;
  readonly blocks: number;
}

/** Blocks of a kind that hold something: how many there are, and the share of them that is chosen. */
export interface ChosenBlocks extends HeldBlock {
  readonly count: number;
  readonly read: number;
}

/**
 * The k blocks of largest score. Kin that all blocks hold some of mark none: their blocks are among the others.
 *
 * @returns those that hold records of each kin, those among them that are told apart, how many others there are, and the
 *   least score
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
    return scores
      .holding(records.similarity, row)
      .map((held) => ({ ...held, count: (held.perRun * records.count) / row.run }));
  });
  const isMarked = all.map((_, i) => !isCommon(crowd, i, block));
  const holding = all.reduce(
    (sum, kin, i) => sum + (isMarked[i] ? kin.reduce((own, { count }) => own + count, 0) : 0),
    0,
  );
  // where there are few blocks some hold several: so many are expected to hold any
  const distinct = blocks < 1 ? 0 : blocks * (1 - (1 - 1 / blocks) ** holding);
  const share = holding > 0 ? distinct / holding : 1;
  const kin = all.map((held, i) =>
    isMarked[i] ? held.map((each) => ({ ...each, count: share * each.count })) : held,
  );
  const random = blocks - distinct;
  const told = kin.filter((_, i) => isMarked[i]).flat();
  const least = threshold([...told, { count: random, above: (t) => scores.random(t, 0) }], k);
  const read = kin.map((held) => held.map((each) => ({ ...each, read: each.above(least) })));
  return { kin: read, marked: read.filter((_, i) => isMarked[i]).flat(), random, least };
}

/** Something of each anchor by where it stands. @param blocks in order for each offset */
export function byPlace<T extends BlockLayout>(blocks: readonly T[], of: (held: T) => number): number[][] {
  const values: number[][] = [];
  for (const held of blocks)
    if (held.offset !== undefined)
      (values[held.offset] ??= []).push(...Array<number>(held.anchors).fill(of(held)));
  return values;
}

/** What is read of the records in blocks. */
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

/** The k blocks of largest score are read, of the tokens of a crowd. */
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
  };
}

/** The best whole blocks before the query's own, and that: so many in all. */
export function bestAndOwnBlock(crowd: Crowd, block: number, k: number, scores?: BlockScores): SoftmaxRead {
  const blocks = Math.floor((crowd.tokens - 1) / block);
  return withLast(
    crowd,
    bestBlocks(crowd, { block, k: k - 1, blocks }, scores),
    crowd.tokens - blocks * block,
  );
}
