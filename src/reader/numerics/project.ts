import { hash64 } from "../../core/random.ts";
import { flat, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { matrix } from "./codes.ts";
import { nameOfRead } from "./read-often.ts";
import { scopedAll } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

/** Features that a readout may answer with, and their codes. */
export interface Candidates {
  /** (V) */
  readonly features: ArrayLike<number>;
  /** per kv head (V, d), in the head's space */
  readonly codes: readonly Tensor[];
  /** (V) |c|^2 over all heads */
  readonly squares: Float64Array;
}

/**
 * @param codes per kv head (V, d), in the head's space
 * @param strengths factor on what the readout takes from each head; default: 1
 */
export function makeCandidates(
  features: ArrayLike<number>,
  codes: readonly Tensor[],
  strengths?: readonly number[],
): Candidates {
  const [count, d] = codes[0]!.shape as [number, number];
  const squares = new Float64Array(count);
  codes.forEach((own, h) => {
    const numbers = flat(own);
    const strength = strengths?.[h] ?? 1;
    for (let c = 0; c < count; c++) {
      for (let i = c * d; i < (c + 1) * d; i++) squares[c]! += strength * numbers[i]! * numbers[i]!;
    }
    if (strength !== 1) for (let i = 0; i < numbers.length; i++) numbers[i]! *= strength;
  });
  return { features, codes, squares };
}

/** Outputs of a batch of queries. */
export interface BatchOutputs {
  /** names the batch's residual noise, together with the ids */
  readonly name: string;
  /** per kv head (Q, d) */
  readonly outputs: readonly Tensor[];
  /** (2 Q) names of the queries to the generator */
  readonly ids: Uint32Array;
}

/**
 * Projections p_c = <o, c> / |c|^2 of the heads' concatenated outputs on candidate codes. The rest of the residual stream
 * adds noise to every read; a projection is the mean over reads.
 *
 * @returns for each query its projections: (V)
 */
export function project(
  workspace: Workspace,
  batch: BatchOutputs,
  { codes, squares }: Candidates,
): Float64Array[] {
  const { ops, params, spaces } = workspace;
  const [count, d] = batch.outputs[0]!.shape as [number, number];
  const width = squares.length;
  const dots = new Float64Array(count * width);
  batch.outputs.forEach((output, h) => {
    const noisy = flat(meanNoise(workspace, batch, h));
    const clean = flat(output);
    for (let i = 0; i < noisy.length; i++) noisy[i] = clean[i]! + params.residualNoise * noisy[i]!;
    scopedAll([spaces[h]!], () => {
      const table = { tensor: codes[h]!, kind: "index", rowBytes: 0 } as const;
      const scores = flat(ops.scores(tensor(noisy, [count, d]), table));
      for (let i = 0; i < dots.length; i++) dots[i]! += scores[i]!;
    });
  });
  for (let i = 0; i < dots.length; i++) dots[i]! /= squares[i % width]!;
  return Array.from({ length: count }, (_, i) => dots.subarray(i * width, (i + 1) * width));
}

/** Residual noise of one head in the mean over reads, of unit variance in each read: (Q, d). */
function meanNoise(
  { ops, params: { reads, headDim }, seed }: Workspace,
  { name, ids }: BatchOutputs,
  head: number,
): Tensor {
  const count = ids.length / 2;
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
