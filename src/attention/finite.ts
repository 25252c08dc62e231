import { UsageError } from "../core/errors.ts";
import { withinFloat32 } from "../engines/tolerance.ts";
import type { TensorShapes } from "./shapes.ts";
import { readRows } from "./tensors.ts";
import type { PlainTensors, StoredHeads } from "./tensors.ts";
import type { Tensor } from "../core/tensor.ts";

/** Numbers that are looked at in one go. */
const chunkNumbers = 1 << 19;

/**
 * Length of the longest row of (heads, rows, d) numbers.
 *
 * @param name of the tensor, for the message
 * @param allowNonfinite take NaN and Infinity, and give Infinity
 * @throws UsageError for a number that is not finite in float32, with its place
 */
export function longestRow(name: string, all: Tensor | StoredHeads, allowNonfinite = false): number {
  const [heads, rows, width] = all.shape as [number, number, number];
  const step = Math.max(1, Math.floor(chunkNumbers / width));
  const chunk = new Float32Array(Math.min(rows, step) * width);
  let longest = 0;
  for (let h = 0; h < heads; h++)
    for (let first = 0; first < rows; first += step) {
      const part = chunk.subarray(0, Math.min(step, rows - first) * width);
      readRows(all, h, first, part);
      for (let at = 0; at < part.length; at += width) {
        let square = 0;
        for (let c = at; c < at + width; c++) square += part[c]! * part[c]!;
        if (!Number.isFinite(square)) {
          if (allowNonfinite) return Infinity;
          refuse(name, { h, row: first + at / width }, part.subarray(at, at + width));
        }
        longest = Math.max(longest, square);
      }
    }
  return Math.sqrt(longest);
}

function refuse(name: string, { h, row }: { h: number; row: number }, numbers: Float32Array): never {
  const column = numbers.findIndex((x) => !Number.isFinite(x));
  const got = numbers[column]!;
  throw new UsageError(
    `${name} holds ${got}${Number.isNaN(got) ? "" : " or a number beyond float32"} at head ${h}, row ${row}, ` +
      `column ${column}; allowed: finite numbers, or any with --allow-nonfinite`,
  );
}

/** Bounds on the numbers of attention to some tensors. */
export interface Magnitudes {
  /** the longest query times the longest key, scaled */
  readonly logit: number;
  /** length of the longest value */
  readonly value: number;
}

/**
 * Bounds on the logits and values of tensors.
 *
 * @param scale factor on q.k; default: 1 / sqrt(d)
 * @param allowNonfinite take NaN and Infinity: both bounds are then Infinity
 * @throws UsageError for a number that is not finite in float32, with its place
 */
export function magnitudesOf(
  { q, k, v }: PlainTensors,
  scale = 1 / Math.sqrt(k.shape[2]!),
  allowNonfinite = false,
): Magnitudes {
  const [queries, keys, value] = Object.entries({ q, k, v }).map(([name, rows]) =>
    longestRow(name, rows, allowNonfinite),
  ) as [number, number, number];
  if (Math.max(queries, keys, value) === Infinity) return { logit: Infinity, value: Infinity };
  return { logit: queries * keys * scale, value };
}

/** Whether a float32 engine can weigh such logits, and add up such values. */
export const fitsFloat32 = (
  { headDim, tokens }: Pick<TensorShapes, "headDim" | "tokens">,
  { logit, value }: Magnitudes,
): boolean => withinFloat32(headDim, logit) && tokens * value < largestFloat32;

const largestFloat32 = 2 ** 127;

/** @throws UsageError for an output that is not finite, with its place */
export function refuseNotFinite(
  output: Float32Array,
  [, queries, width]: readonly [number, number, number],
): void {
  const at = output.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return;
  const row = Math.floor(at / width);
  throw new UsageError(
    `the output is ${output[at]!} at head ${Math.floor(row / queries)}, row ${row % queries}, column ${at % width}: ` +
      "the tensors' numbers are too large for the variant or the dtype",
  );
}
