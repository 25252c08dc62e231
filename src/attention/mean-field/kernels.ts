import { upperTail } from "../../core/normal.ts";
import { blockSum, blockVariance, heldIn, rowLength } from "./blocks.ts";
import type { BlockScores, Held, HeldBlock } from "./blocks.ts";
import { kinOf } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import type { FixedRead } from "./reads.ts";

// Blocks that are selected by the softmax weights of pooled kernels of keys (compressed-blocks.ts).

/** Kernels of `kernel` tokens every `stride`, and the blocks that their weights select. */
interface Pooled {
  readonly kernel: number;
  readonly stride: number;
  readonly block: number;
  /** score of a block: the sum of its kernels' scores by overlap, or the largest */
  readonly pool: "sum" | "max";
}

/** A kernel's logit, and its weight in a block's sum. */
interface PooledKernel {
  readonly mean: number;
  readonly variance: number;
  readonly overlap: number;
}

/** Logit of a kernel that holds tokens of records. */
const logitOf = (
  crowd: Crowd,
  kernel: number,
  variance: number,
  held: Held,
): { readonly mean: number; readonly variance: number } => {
  const { mean, sd } = blockSum(crowd, kernel, variance, held);
  const unit = crowd.sharpness / kernel;
  return { mean: unit * mean, variance: (unit * sd) ** 2 };
};

const nothing: Held = { anchors: 0, members: 0, similarity: 0 };

/** Scores of blocks: the logarithm of a sum of weights, approximated as normal, or the largest logit. */
export function kernelScores(crowd: Crowd, { kernel, stride, block, pool }: Pooled): BlockScores {
  const variance = blockVariance(crowd, kernel);
  // kernels that overlap a block begin in (-kernel, block)
  const starts: number[] = [];
  for (let start = -Math.floor((kernel - 1) / stride) * stride; start < block; start += stride)
    starts.push(start);
  const overlapOf = (start: number): number =>
    (Math.min(block, start + kernel) - Math.max(0, start)) / stride;
  const scoreOf = (kernels: readonly PooledKernel[]): ((t: number, shift?: number) => number) =>
    pool === "max" ? largest(kernels) : sumOf(kernels, stride / kernel);
  const random = scoreOf(
    starts.map((start) => ({ ...logitOf(crowd, kernel, variance, nothing), overlap: overlapOf(start) })),
  );
  const correlation = Math.sqrt(blockVariance(crowd, block) / block);
  return {
    holding(similarity, row) {
      const offsets = Math.min(block, 8);
      const found = new Map<string, HeldBlock>();
      for (let i = 0; i < offsets; i++) {
        const offset = Math.floor(((i + 0.5) * block) / offsets);
        for (let at = -block; at < offset + rowLength(row) + block; at += block) {
          const { anchors, members } = heldIn(row, at - offset, at - offset + block);
          if (anchors + members === 0) continue;
          const held = starts.map((start) => heldIn(row, at + start - offset, at + start - offset + kernel));
          const key = `${anchors > 0 ? i : ""} ${held.map((of) => `${of.anchors} ${of.members}`).join()}`;
          const perRun = (found.get(key)?.perRun ?? 0) + 1 / offsets;
          const kernels = held.map((of, k) => ({
            ...logitOf(crowd, kernel, variance, { ...of, similarity }),
            overlap: overlapOf(starts[k]!),
          }));
          const above = found.get(key)?.above ?? scoreOf(kernels);
          found.set(key, { anchors, members, perRun, above, ...(anchors > 0 && { offset: i }) });
        }
      }
      return [...found.values()];
    },
    random: (t, shift) => random(t, shift * correlation),
  };
}

/** ln of the sum of overlap exp(logit). @param step part of a kernel to the next: what neighbours do not share */
function sumOf(kernels: readonly PooledKernel[], step: number): (t: number, shift?: number) => number {
  const means = kernels.map(({ mean, variance, overlap }) => overlap * Math.exp(mean + variance / 2));
  const mean = means.reduce((a, b) => a + b, 0);
  let square = 0;
  kernels.forEach((a, i) => {
    kernels.forEach((b, j) => {
      const shared = Math.max(0, 1 - Math.abs(i - j) * step) * Math.sqrt(a.variance * b.variance);
      square += means[i]! * means[j]! * Math.exp(shared);
    });
  });
  const variance = Math.log(square / (mean * mean));
  const [middle, sd] = [Math.log(mean) - variance / 2, Math.sqrt(variance)];
  return (t, shift = 0) => upperTail((t - middle) / sd - shift);
}

/** The largest logit. Two neighbours that share half of their tokens count as one and a half. */
function largest(kernels: readonly PooledKernel[]): (t: number, shift?: number) => number {
  const power = (kernels.length + 1) / (2 * kernels.length);
  return (t, shift = 0) =>
    1 -
    kernels.reduce(
      (below, { mean, variance }) =>
        below * (1 - upperTail((t - mean) / Math.sqrt(variance) - shift)) ** power,
      1,
    );
}

/** A read of the kernels themselves. A token has an equal part of the weight of each kernel that it is in. */
export function kernelRead(
  crowd: Crowd,
  { kernel, stride, gate }: { kernel: number; stride: number; gate: number },
): FixedRead {
  const variance = blockVariance(crowd, kernel);
  const weightOf = (held: Held, power = 1): number => {
    const logit = logitOf(crowd, kernel, variance, held);
    return Math.exp(power * logit.mean + (power * power * logit.variance) / 2);
  };
  const entries = Math.max(1, (crowd.tokens - kernel) / stride + 1);
  const held = kinOf(crowd).map(({ similarity, recordTokens, count }, i) => {
    // mean number of record tokens around an anchor in a kernel
    const members = Math.min((i === 0 ? crowd.run : 1) * recordTokens - 1, kernel / 2);
    return { weight: weightOf({ anchors: 1, members, similarity }), count: (count * kernel) / stride };
  });
  const found = held.reduce((sum, { count }) => sum + count, 0);
  const others = Math.max(0, entries - found);
  const sum = held.reduce((all, { weight, count }) => all + weight * count, others * weightOf(nothing));
  const squares = held.reduce(
    (all, { weight, count }) => all + weight ** 2 * count,
    others * weightOf(nothing, 2),
  );
  const weight = (gate * held[0]!.weight) / sum / stride;
  return {
    kind: "fixed",
    weights: (found) => found.map(() => weight),
    noise: gate * Math.sqrt(squares / (sum * sum) / kernel),
    reach: 0,
    entries,
  };
}
