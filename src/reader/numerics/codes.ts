import { hash64 } from "../../core/random.ts";
import { flat, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { FeatureSum } from "../../tasks/circuit.ts";
import type { Workspace } from "./workspace.ts";

/** A feature has two codes: keys and queries are made of one, values carry the other. */
export type CodeRole = "key" | "value";

/** Names of features to the generator, two words each: (2 F). */
export function featureIds(features: readonly string[]): Uint32Array {
  const ids = new Uint32Array(2 * features.length);
  features.forEach((name, i) => ids.set(hash64(name), 2 * i));
  return ids;
}

/**
 * Codes of features for one head and role: (F, d) unit-variance normal numbers in the head's space. The same feature has
 * the same code for the same seed, head and role, whatever else is asked for.
 *
 * @param ids (2 F) names of the features to the generator
 */
export function fillCodes(
  { ops, spaces, seed, params }: Pick<Workspace, "ops" | "spaces" | "seed" | "params">,
  head: number,
  role: CodeRole,
  ids: Uint32Array,
): Tensor {
  const codes = spaces[head]!.empty(ids.length / 2, params.headDim);
  ops.fillNormal(codes, hash64(`${seed}/code/${head}/${role}`), ids);
  return codes;
}

/** Writes a sum of codes: out[row] = sum of weight code[feature]; codes (F, d), out (n, d). */
export function sumCodes(codes: Tensor, terms: FeatureSum, out: Tensor, row: number): void {
  const d = codes.shape[1]!;
  const source = flat(codes);
  const target = flat(out);
  const at = row * d;
  target.fill(0, at, at + d);
  for (const { weight, feature } of terms) {
    const from = feature * d;
    for (let c = 0; c < d; c++) target[at + c]! += weight * source[from + c]!;
  }
}

/** Scales each row of (n, d) to the norm sqrt(d), in place. */
export function normaliseRows(rows: Tensor): Tensor {
  const [n, d] = rows.shape as [number, number];
  const data = flat(rows);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let c = i * d; c < (i + 1) * d; c++) square += data[c]! * data[c]!;
    const factor = square > 0 ? Math.sqrt(d / square) : 0;
    for (let c = i * d; c < (i + 1) * d; c++) data[c]! *= factor;
  }
  return rows;
}

/** A matrix of zeros on the heap. */
export const matrix = (rows: number, columns: number): Tensor =>
  tensor(new Float32Array(rows * columns), [rows, columns]);
