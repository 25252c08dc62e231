import { attender } from "../attention/attender.ts";
import { dense } from "../attention/variants/dense/dense.ts";
import { parseShaping } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import { cacheFromTensors } from "../attention/tensors.ts";
import type { StoredHeads } from "../attention/tensors.ts";
import type { AnyVariant } from "../attention/variant.ts";
import type { AttentionResult, HeadResult } from "../attention/read.ts";
import type { Queries } from "../attention/cache.ts";
import type { AnyParams } from "../core/params.ts";
import { flat, tensor } from "../core/tensor.ts";
import type { Ops } from "../engines/ops.ts";
import type { TensorFile } from "../files/tensor-file.ts";

/** What a query head did, means over its queries. */
export interface HeadReport {
  readonly head: number;
  readonly kvHead: number;
  readonly tokensRead: number;
  /** entropy of the weights, in nats */
  readonly entropy: number;
  /** share of dense attention's weight on the rows that were read */
  readonly denseMass?: number;
  /** |output - dense output| / |dense output| over all queries */
  readonly error?: number;
}

/**
 * Runs a variant on tensors from files; K and V are rounded to the spec's kv dtype, and so are those of the dense
 * attention that it is compared with.
 *
 * @returns the output (queryHeads, Q, d), row-major, and a report for each query head
 * @throws UsageError where shapes do not fit each other or a file ends early
 */
export function attendFiles(
  files: Readonly<Record<"q" | "k" | "v", TensorFile>>,
  { variant, params, kvDtype = "f32", logitShaping: shaping = parseShaping("none") }: AttentionSpec,
  ops: Ops,
  compare: boolean,
): { output: Float32Array; heads: HeadReport[] } {
  const q = new Float32Array(files.q.shape.reduce((a, b) => a * b, 1));
  files.q.read(0, q);
  const { cache, queries } = cacheFromTensors(
    ops,
    storedHeads(files.k),
    storedHeads(files.v),
    tensor(q, files.q.shape),
    {
      kvDtype,
    },
  );
  const attend = (by: AnyVariant, settings: AnyParams): AttentionResult =>
    attender({ variant: by, params: settings, shaping }, cache, ops)(queries);
  const result = attend(variant, params);
  const reference = compare ? attend(dense, {}) : undefined;
  const heads = result.heads.flatMap((own, kvHead) =>
    Array.from({ length: queries.group }, (_, g) => ({
      head: kvHead * queries.group + g,
      kvHead,
      ...means(own, queries, g),
      ...(reference && comparison(own, reference.heads[kvHead]!, queries, g)),
    })),
  );
  return { output: assemble(result, queries, files.q.shape), heads };
}

const storedHeads = (file: TensorFile): StoredHeads => ({
  shape: file.shape,
  readHead: (h, out) => file.read(h * out.length, out),
});

/** The rows of a kv head's results that belong to its g-th query head. */
const rowsOfHead = ({ count, group }: Queries, g: number): number[] =>
  Array.from({ length: count }, (_, i) => i * group + g);

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function means(own: HeadResult, queries: Queries, g: number): { tokensRead: number; entropy: number } {
  const rows = rowsOfHead(queries, g);
  return {
    tokensRead: mean(rows.map((i) => own.tokensRead(i))),
    entropy: mean(rows.map((i) => own.entropy(i))),
  };
}

function comparison(
  own: HeadResult,
  reference: HeadResult,
  queries: Queries,
  g: number,
): { denseMass: number; error: number } {
  const rows = rowsOfHead(queries, g);
  let difference = 0;
  let length = 0;
  for (const i of rows) {
    const [got, wanted] = [outputRow(own, i), outputRow(reference, i)];
    for (let c = 0; c < wanted.length; c++) {
      difference += (got[c]! - wanted[c]!) ** 2;
      length += wanted[c]! ** 2;
    }
  }
  const masses = rows.map((i) =>
    denseMass(own, reference, i, queries.positions[Math.floor(i / queries.group)]! + 1),
  );
  return { denseMass: mean(masses), error: Math.sqrt(difference / length) };
}

/** Dense weight on those of the visible rows that were read. */
function denseMass(own: HeadResult, reference: HeadResult, i: number, visible: number): number {
  const read: number[] = [];
  for (let row = 0; row < visible; row++) if (own.reads(i, row)) read.push(row);
  return read.length === visible ? 1 : reference.weights(i, read).reduce((a, b) => a + b, 0);
}

function outputRow({ output }: HeadResult, i: number): Float32Array | Float64Array {
  const width = output.shape[1]!;
  return flat(output).subarray(i * width, (i + 1) * width);
}

/** (Q G, d) of each kv head, put in the order (queryHeads, Q, d). */
function assemble(
  { heads }: AttentionResult,
  { group, count }: Queries,
  shape: readonly number[],
): Float32Array {
  const [queryHeads, , width] = shape as [number, number, number];
  const out = new Float32Array(queryHeads * count * width);
  for (let head = 0; head < queryHeads; head++)
    for (let i = 0; i < count; i++)
      out.set(
        outputRow(heads[Math.floor(head / group)]!, i * group + (head % group)),
        (head * count + i) * width,
      );
  return out;
}
