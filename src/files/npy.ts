import { UsageError } from "../core/errors.ts";
import { lookup } from "../core/lookup.ts";
import { openDraft } from "./draft.ts";
import type { Dtype } from "./dtypes.ts";
import type { ReadBytes, TensorLayout } from "./tensor-layout.ts";

// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
const magic = "\x93NUMPY";

/** Bytes of a header at most: _MAX_HEADER_SIZE of numpy 2, numpy/lib/_format_impl.py. */
const mostHeaderBytes = 10_000;
const dtypes: Readonly<Record<string, Dtype>> = lookup({ "<f2": "f16", "<f4": "f32", "<f8": "f64" });

/**
 * Reads the header of a .npy file, versions 1 to 3.
 *
 * @throws UsageError for a file that is not a .npy file, or that holds anything but little-endian floats
 */
export function npyHeader(path: string, read: ReadBytes): TensorLayout {
  const prefix = Buffer.from(read(0, 12));
  if (prefix.toString("latin1", 0, 6) !== magic)
    throw new UsageError(`${path} is no .npy file: it does not start with \\x93NUMPY`);
  const version = prefix[6] ?? 0;
  if (version < 1 || version > 3) throw new UsageError(`${path}: .npy version ${version}; allowed: 1, 2, 3`);
  const lengthBytes = version === 1 ? 2 : 4;
  if (prefix.length < 8 + lengthBytes)
    throw new UsageError(`${path} is cut short: it ends at byte ${prefix.length}`);
  const headerStart = 8 + lengthBytes;
  const length = prefix.readUIntLE(8, lengthBytes);
  if (length > mostHeaderBytes)
    throw new UsageError(`${path}: a .npy header of ${length} bytes; allowed: at most ${mostHeaderBytes}`);
  const header = Buffer.from(read(headerStart, length));
  if (header.length < length)
    throw new UsageError(
      `${path} is cut short: its header ends at byte ${headerStart + length}; the file at ${headerStart + header.length}`,
    );
  const text = header.toString(version === 3 ? "utf8" : "latin1");
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(((?:\s*\d+\s*,)*(?:\s*\d+)?)\s*\)/.exec(text)?.[1];
  if (order === undefined || shape === undefined || !text.includes("'descr'"))
    throw new UsageError(`${path}: malformed .npy header ${JSON.stringify(text.trim().slice(0, 80))}`);
  const dtype = dtypes[descr ?? ""];
  if (dtype === undefined)
    throw new UsageError(
      `${path} holds elements of type ${descr ?? "record"}; allowed: ${Object.keys(dtypes).join(", ")} (in numpy: a.astype("<f4"))`,
    );
  return {
    dtype,
    shape: sizesOf(shape, path),
    start: headerStart + length,
    firstFastest: order === "True",
  };
}

/** Dimensions of an array at most: NPY_MAXDIMS of numpy 2, numpy/_core/include/numpy/ndarraytypes.h. */
const mostDimensions = 64;

/** The sizes in a header's shape. @throws UsageError for more dimensions or elements than an array can have */
function sizesOf(shape: string, path: string): number[] {
  const sizes = shape.split(",").flatMap((n) => (n.trim() === "" ? [] : [Number(n)]));
  if (sizes.length > mostDimensions)
    throw new UsageError(`${path} has ${sizes.length} dimensions; allowed: at most ${mostDimensions}`);
  if (![...sizes, sizes.reduce((a, b) => a * b, 1)].every(Number.isSafeInteger))
    throw new UsageError(
      `${path}: an array of shape (${sizes.join(", ")}) has more elements than numbers count`,
    );
  return sizes;
}

/**
 * Writes float32 numbers as a .npy file of version 1. The file appears under its name once it is whole.
 *
 * @param parts the numbers in row-major order
 */
export function writeNpy(path: string, shape: readonly number[], parts: Iterable<Float32Array>): void {
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const padded = `${dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11)}\n`;
  const header = Buffer.alloc(10 + padded.length);
  header.write(`${magic}\x01\x00`, "latin1");
  header.writeUInt16LE(padded.length, 8);
  header.write(padded, 10, "latin1");

  const draft = openDraft(path);
  try {
    draft.write(header);
    for (const part of parts) draft.write(littleEndian(part));
    draft.keep();
  } finally {
    draft.close();
  }
}

/** Bytes of float32 numbers, in little-endian order on every machine. */
export function littleEndian(numbers: Float32Array): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < numbers.length; i++) view.setFloat32(4 * i, numbers[i]!, true);
  return bytes;
}
