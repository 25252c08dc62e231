import { hash64 } from "../core/random.ts";
import { flat, tensor } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import { scopedAll } from "./cache.ts";
import type { Setting } from "./cache.ts";
import { matrix } from "./codes.ts";
import type { ReaderParams } from "./params.ts";
import { nameOfRead } from "./reads.ts";

/** The codes that a readout may answer with. */
export interface Candidates {
  /** per kv head (V, d), in the head's space */
  readonly tables: readonly Tensor[];
  /** (V) |c|^2 over all heads */
  readonly squares: Float64Array;
}

/** @param tables per kv head (V, d), in the head's space */
export function candidatesOf(tables: readonly Tensor[]): Candidates {
  const [count, d] = tables[0]!.shape as [number, number];
  const squares = new Float64Array(count);
  for (const table of tables) {
    const codes = flat(table);
    for (let c = 0; c < count; c++) {
      for (let i = c * d; i < (c + 1) * d; i++) squares[c]! += codes[i]! * codes[i]!;
    }
  }
  return { tables, squares };
}

/**
 * Projections p_c = <o, c> / |c|^2 of the heads' concatenated outputs on candidate codes, after the rest of the
 * residual stream has added its noise, to each read its own: means over reads, (Q, V), row-major.
 *
 * @param outputs per kv head (Q, d)
 * @param ids (2 Q) names of the queries, which key their residual noise
 */
export function project(
  setting: Setting,
  name: string,
  outputs: readonly Tensor[],
  { tables, squares }: Candidates,
  ids: Uint32Array,
): Float64Array {
  const { ops, params, spaces } = setting;
  const [count, d] = outputs[0]!.shape as [number, number];
  const candidates = squares.length;
  const dots = new Float64Array(count * candidates);
  outputs.forEach((output, h) => {
    const noisy = flat(meanNoise(setting, name, h, ids, count));
    const clean = flat(output);
    for (let i = 0; i < noisy.length; i++) noisy[i] = clean[i]! + params.residualNoise * noisy[i]!;
    const table = tables[h]!;
    scopedAll([spaces[h]!], () => {
      const scores = flat(
        ops.scores(tensor(noisy, [count, d]), { tensor: table, kind: "index", rowBytes: 0 }),
      );
      for (let i = 0; i < dots.length; i++) dots[i]! += scores[i]!;
    });
  });
  for (let i = 0; i < dots.length; i++) dots[i]! /= squares[i % candidates]!;
  return dots;
}

/** What the residual stream's noise leaves in the mean over reads, unit variance in each: (Q, d). */
function meanNoise(
  { ops, params: { reads, headDim }, seed }: Setting,
  name: string,
  head: number,
  ids: Uint32Array,
  count: number,
): Tensor {
  const sum = matrix(count, headDim);
  ops.fillNormal(sum, hash64(`${seed}/residual/${name}/${head}`), ids);
  if (reads === 1) return sum;
  const noise = matrix(count, headDim);
  for (let read = 1; read < reads; read++) {
    ops.fillNormal(noise, hash64(`${seed}/residual/${nameOfRead(name, read)}/${head}`), ids);
    for (let i = 0; i < count * headDim; i++) flat(sum)[i]! += flat(noise)[i]!;
  }
  for (let i = 0; i < count * headDim; i++) flat(sum)[i]! /= reads;
  return sum;
}

/** Standard deviation of a projection's noise in the mean over T reads: sigma / sqrt(D T), D = d H. */
export const projectionNoise = ({
  residualNoise,
  headDim,
  kvHeads,
  reads,
}: Pick<ReaderParams, "residualNoise" | "headDim" | "kvHeads" | "reads">): number =>
  residualNoise / Math.sqrt(headDim * kvHeads * reads);

/** A projection this far below the query's largest is not accepted. */
export const acceptedShare = 0.4;

/** The least projection that stands out of the noise of so many candidates. */
export const acceptanceFloor = (candidates: number, noise: number): number =>
  (Math.sqrt(2 * Math.log(candidates)) + 1) * noise;

/** Places of the projections that stand out of the noise and are not far below the largest. */
export function standingOut(projections: Float64Array, noise: number): number[] {
  const largest = projections.reduce((a, b) => Math.max(a, b), -Infinity);
  const threshold = Math.max(acceptanceFloor(projections.length, noise), acceptedShare * largest);
  return [...projections.keys()].filter((c) => projections[c]! >= threshold);
}

/** Places of the n largest projections, from the largest; ties to the lower place. */
export const largest = (projections: Float64Array, n: number): number[] =>
  [...projections.keys()].sort((a, b) => projections[b]! - projections[a]! || a - b).slice(0, n);
