import { z } from "zod";
import { unknownName, UsageError } from "../core/errors.ts";
import { isObject, parseJson } from "../core/json.ts";
import type { JsonObject } from "../core/json.ts";
import { lookup } from "../core/lookup.ts";
import { checked } from "./checked.ts";
import { dtypeBytes } from "./dtypes.ts";
import type { Dtype } from "./dtypes.ts";
import type { ReadBytes, TensorLayout } from "./tensor-layout.ts";

// Format: https://huggingface.co/docs/safetensors/index#format
const maxHeaderBytes = 100_000_000;
const dtypes: Readonly<Record<string, Dtype>> = lookup({
  F64: "f64",
  F32: "f32",
  F16: "f16",
  BF16: "bf16",
});

const size = z.int().min(0);
const tensorEntry = z.object({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});

type TensorEntry = Readonly<z.infer<typeof tensorEntry>>;

/**
 * Reads where a tensor lies in a .safetensors file.
 *
 * @param fileBytes size of the file
 * @throws UsageError for a torn or malformed header, an unknown tensor, or an element type other than floats
 */
export function safetensorsHeader(
  path: string,
  name: string,
  read: ReadBytes,
  fileBytes: number,
): TensorLayout {
  const { tensors, length } = readHeader(path, read, fileBytes);
  const tensor = tensors.get(name);
  if (tensor === undefined) unknownName(`tensor of ${path}`, name, tensors.keys());
  const { dtype: dtypeName, shape, data_offsets: offsets } = tensor;
  const dtype = dtypes[dtypeName];
  if (dtype === undefined)
    throw new UsageError(`${path}:${name} holds ${dtypeName}; allowed: ${Object.keys(dtypes).join(", ")}`);
  const needed = shape.reduce((a, b) => a * b, dtypeBytes[dtype]);
  if (offsets[1] - offsets[0] !== needed)
    throw new UsageError(
      `${path}:${name}: ${dtypeName} of shape [${shape.join(", ")}] is ${needed} bytes; ` +
        `its offsets [${offsets.join(", ")}] hold ${offsets[1] - offsets[0]}`,
    );
  return { dtype, shape, start: 8 + length + offsets[0], firstFastest: false };
}

/**
 * Reads the texts that a .safetensors file keeps beside its tensors.
 *
 * @throws UsageError for a torn or malformed header, and metadata that are not texts
 */
export function safetensorsMetadata(
  path: string,
  read: ReadBytes,
  fileBytes: number,
): Readonly<Record<string, string>> {
  const { metadata = {} } = readHeader(path, read, fileBytes);
  return checked(z.record(z.string(), z.string()), metadata, `${path}: malformed metadata`);
}

/** A tensor of a file of weights: its name, the type of its elements, and its bytes. */
export interface StoredTensor {
  readonly name: string;
  /** as the file writes it: BF16, F8_E4M3, U8 */
  readonly dtype: string;
  readonly bytes: number;
}

/** Every tensor of a .safetensors file, of any type. @throws UsageError for a torn or malformed header */
export const safetensorsTensors = (path: string, read: ReadBytes, fileBytes: number): StoredTensor[] =>
  [...readHeader(path, read, fileBytes).tensors].map(
    ([
      name,
      {
        dtype,
        data_offsets: [from, to],
      },
    ]) => ({
      name,
      dtype,
      bytes: to - from,
    }),
  );

/** A header of a file. */
interface Header {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: unknown;
  /** bytes that it takes */
  readonly length: number;
}

function readHeader(path: string, read: ReadBytes, fileBytes: number): Header {
  if (fileBytes < 8)
    throw new UsageError(`${path} is cut short: it ends at byte ${fileBytes}, within the header's length`);
  const length = Number(Buffer.from(read(0, 8)).readBigUInt64LE());
  if (length > maxHeaderBytes)
    throw new UsageError(`${path} is no .safetensors file: it gives its header ${length} bytes`);
  if (8 + length > fileBytes)
    throw new UsageError(
      `${path} is cut short: its header ends at byte ${8 + length}; the file at ${fileBytes}`,
    );
  const { __metadata__: metadata, ...entries } = parseHeader(
    path,
    Buffer.from(read(8, length)).toString("utf8"),
  );
  const tensors = new Map(
    Object.entries(entries).map(([name, entry]) => [
      name,
      checked(tensorEntry, entry, `${path}: malformed entry of tensor "${name}"`),
    ]),
  );
  checkPlaces(path, tensors);
  return { tensors, metadata, length };
}

function parseHeader(path: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text, path);
  } catch {
    value = undefined;
  }
  if (isObject(value)) return value;
  throw new UsageError(
    `${path}: malformed .safetensors header, no JSON object: ${JSON.stringify(text.slice(0, 80))}`,
  );
}

/**
 * Checks that no two tensors share bytes, as `Metadata::validate` does (huggingface/safetensors,
 * safetensors/src/tensor.rs). Bytes between tensors are allowed here, and so is a header without its tensors.
 *
 * @throws UsageError naming the tensor
 */
function checkPlaces(path: string, tensors: ReadonlyMap<string, TensorEntry>): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  let before = { name: "", end: 0 };
  for (const [name, { data_offsets: offsets }] of inOrder) {
    const [from, to] = offsets;
    if (to < from)
      throw new UsageError(`${path}:${name} ends before it begins: its offsets are [${offsets.join(", ")}]`);
    if (from < to && from < before.end)
      throw new UsageError(`${path}: the tensors "${before.name}" and "${name}" share bytes`);
    if (to > before.end) before = { name, end: to };
  }
}
