import { z } from "zod";
import { unknownName, UsageError } from "../core/errors.ts";
import { lookup } from "../core/lookup.ts";
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
  const { header, length } = readHeader(path, read, fileBytes);
  const names = Object.keys(header).filter((key) => key !== "__metadata__");
  if (!names.includes(name)) unknownName(`tensor of ${path}`, name, names);
  const parsed = tensorEntry.safeParse(header[name]);
  if (!parsed.success)
    throw new UsageError(`${path}: malformed entry of tensor "${name}": ${z.prettifyError(parsed.error)}`);
  const { dtype: dtypeName, shape, data_offsets: offsets } = parsed.data;
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
  const parsed = z
    .record(z.string(), z.string())
    .safeParse(readHeader(path, read, fileBytes).header["__metadata__"] ?? {});
  if (!parsed.success) throw new UsageError(`${path}: malformed metadata: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** A tensor of a file of weights: its name, the type of its elements, and its bytes. */
export interface StoredTensor {
  readonly name: string;
  /** as the file writes it: BF16, F8_E4M3, U8 */
  readonly dtype: string;
  readonly bytes: number;
}

/** Every tensor of a .safetensors file, of any type. @throws UsageError for a torn or malformed header */
export function safetensorsTensors(path: string, read: ReadBytes, fileBytes: number): StoredTensor[] {
  const { header } = readHeader(path, read, fileBytes);
  return Object.entries(header).flatMap(([name, entry]) => {
    if (name === "__metadata__") return [];
    const parsed = tensorEntry.safeParse(entry);
    if (!parsed.success)
      throw new UsageError(`${path}: malformed entry of tensor "${name}": ${z.prettifyError(parsed.error)}`);
    const [from, to] = parsed.data.data_offsets;
    return [{ name, dtype: parsed.data.dtype, bytes: to - from }];
  });
}

/** The header of a file, and the bytes that it takes. */
function readHeader(
  path: string,
  read: ReadBytes,
  fileBytes: number,
): { header: Readonly<Record<string, unknown>>; length: number } {
  if (fileBytes < 8)
    throw new UsageError(`${path} is cut short: it ends at byte ${fileBytes}, within the header's length`);
  const length = Number(Buffer.from(read(0, 8)).readBigUInt64LE());
  if (length > maxHeaderBytes)
    throw new UsageError(`${path} is no .safetensors file: it gives its header ${length} bytes`);
  if (8 + length > fileBytes)
    throw new UsageError(
      `${path} is cut short: its header ends at byte ${8 + length}; the file at ${fileBytes}`,
    );
  return { header: parseHeader(path, Buffer.from(read(8, length)).toString("utf8")), length };
}

function parseHeader(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw new UsageError(
      `${path}: malformed .safetensors header, no JSON object: ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
}
