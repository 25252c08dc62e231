import { closeSync, fstatSync, readSync } from "node:fs";
import { extname } from "node:path";
import { UsageError } from "../core/errors.ts";
import { openToRead } from "./files.ts";
import { decode, dtypeBytes } from "./dtypes.ts";
import type { Dtype } from "./dtypes.ts";
import { npyHeader } from "./npy.ts";
import { safetensorsHeader, safetensorsMetadata } from "./safetensors.ts";
import type { HeadRows, ReadBytes, TensorLayout } from "./tensor-layout.ts";

const chunkElements = 1 << 19;

/** A tensor in a file. Its numbers are read on demand and become float32. */
export class TensorFile {
  readonly #fd: number;
  readonly #layout: TensorLayout;
  readonly #metadata: () => Readonly<Record<string, string>>;
  /** name for messages: `k.npy`, `cache.safetensors:k` */
  readonly label: string;

  private constructor(
    label: string,
    fd: number,
    layout: TensorLayout,
    metadata: () => Readonly<Record<string, string>>,
  ) {
    this.label = label;
    this.#fd = fd;
    this.#layout = layout;
    this.#metadata = metadata;
  }

  get shape(): readonly number[] {
    return this.#layout.shape;
  }

  /** The texts that its file keeps beside its tensors: of .safetensors alone. @throws UsageError for malformed ones */
  metadata(): Readonly<Record<string, string>> {
    return this.#metadata();
  }

  get dtype(): Dtype {
    return this.#layout.dtype;
  }

  /**
   * Opens a tensor: `file.npy`, `file.safetensors:tensor`, or `file.safetensors`, whose tensor `name` is meant.
   *
   * @throws UsageError for a file that is missing, of another format, torn, or of an unsupported element type
   */
  static open(where: string, name: string): TensorFile {
    const [, path, inner] = /^(.*\.safetensors):(.+)$/.exec(where) ?? [where, where, name];
    const extension = extname(path);
    if (extension !== ".npy" && extension !== ".safetensors")
      throw new UsageError(
        `${where}: cannot read ${extension || "a file without extension"}; allowed: .npy, .safetensors`,
      );
    const fd = openToRead(path);
    try {
      const { size } = fstatSync(fd);
      const read: ReadBytes = (from, length) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - from)));
        fill(fd, bytes, from, path);
        return bytes;
      };
      const [label, layout] =
        extension === ".npy"
          ? [path, npyHeader(path, read)]
          : [`${path}:${inner}`, safetensorsHeader(path, inner, read, size)];
      const needed = layout.start + elements(layout.shape) * dtypeBytes[layout.dtype];
      if (size < needed)
        throw new UsageError(
          `${label} is cut short: ${layout.dtype} of shape [${layout.shape.join(", ")}] ends at byte ${needed}; ` +
            `the file ends at byte ${size}`,
        );
      return new TensorFile(label, fd, layout, () =>
        extension === ".npy" ? {} : safetensorsMetadata(path, read, size),
      );
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Fills `out`, in the order of the file, with elements, of which `from` is the first. Reads a chunk at a time. */
  read(from: number, out: Float32Array | Float64Array): void {
    const { dtype, start } = this.#layout;
    const size = dtypeBytes[dtype];
    const chunk = new Uint8Array(Math.min(out.length, chunkElements) * size);
    for (let done = 0; done < out.length; done += chunkElements) {
      const target = out.subarray(done, done + chunkElements);
      const bytes = chunk.subarray(0, target.length * size);
      fill(this.#fd, bytes, start + (from + done) * size, this.label);
      decode(bytes, dtype, target);
    }
  }

  /**
   * Writes rows of a matrix of the last two dimensions from `first` on, row-major, as many as `out` has room for.
   *
   * @param index of the matrix, counted over the dimensions before, the last of them fastest
   */
  readRows(index: number, first: number, out: Float32Array | Float64Array): void {
    const [rows, width] = this.shape.slice(-2) as [number, number];
    if (!this.#layout.firstFastest) {
      this.read((index * rows + first) * width, out);
      return;
    }
    // numbers of a column are `matrices` apart, those of the other matrices between them
    const { matrices, place } = firstFastestPlace(this.shape.slice(0, -2), index);
    const count = out.length / width;
    const step = Math.max(1, Math.floor(chunkElements / matrices));
    const strip = new Float64Array(Math.min(count, step) * matrices);
    for (let c = 0; c < width; c++)
      for (let done = 0; done < count; done += step) {
        const part = strip.subarray(0, Math.min(step, count - done) * matrices);
        this.read(matrices * (c * rows + first + done), part);
        for (let r = 0; r * matrices < part.length; r++)
          out[(done + r) * width + c] = part[r * matrices + place]!;
      }
  }

  /**
   * The heads of one sequence: (heads, rows, d) as it is, or a sequence of (batch, heads, rows, d).
   *
   * @param batch index of the sequence; without it the only one
   * @throws UsageError for an index that the tensor does not have, and several sequences without an index
   */
  sequence(batch?: number): HeadRows {
    const { shape, label } = this;
    if (shape.length !== 4) {
      if (batch !== undefined)
        throw new UsageError(`${label} has no batch: its shape is (${shape.join(", ")}); leave --batch out`);
      return this;
    }
    const [sequences, heads] = shape as [number, number];
    if (batch === undefined && sequences !== 1)
      throw new UsageError(
        `${label} holds ${sequences} sequences, (${shape.join(", ")}); choose one with --batch 0 to ${sequences - 1}`,
      );
    const chosen = batch ?? 0;
    if (chosen >= sequences)
      throw new UsageError(`--batch must be below ${sequences}, the sequences of ${label}; got ${chosen}`);
    return {
      shape: shape.slice(1),
      readRows: (h, first, out) => {
        this.readRows(chosen * heads + h, first, out);
      },
    };
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/**
 * Opens tensors, does work with them, and closes them.
 *
 * @param paths by name. The name is also that of the tensor in a .safetensors file, unless the path names another
 * @throws UsageError for a file that cannot be read
 */
export async function withTensorFiles<Name extends string, T>(
  paths: Readonly<Record<Name, string>>,
  work: (files: Readonly<Record<Name, TensorFile>>) => Promise<T>,
): Promise<T> {
  const open: [string, TensorFile][] = [];
  try {
    for (const [name, path] of Object.entries<string>(paths)) open.push([name, TensorFile.open(path, name)]);
    return await work(Object.fromEntries(open) as Record<Name, TensorFile>);
  } finally {
    for (const [, file] of open) file.close();
  }
}

/** Number of matrices, and the place of one of them if the first dimension runs fastest. */
function firstFastestPlace(sizes: readonly number[], index: number): { matrices: number; place: number } {
  const matrices = elements(sizes);
  let [place, left, stride] = [0, index, matrices];
  for (const size of [...sizes].reverse()) {
    stride /= size;
    place += (left % size) * stride;
    left = Math.floor(left / size);
  }
  return { matrices, place };
}

const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function fill(fd: number, bytes: Uint8Array, from: number, label: string): void {
  for (let done = 0; done < bytes.length;) {
    const got = readSync(fd, bytes, done, bytes.length - done, from + done);
    if (got === 0) throw new UsageError(`${label} ends at byte ${from + done}, while it was being read`);
    done += got;
  }
}
