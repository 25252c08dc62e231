import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Decompress } from "fzstd";
import type { Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { requireWindows, usualWindow } from "./zstd-windows.ts";

const excess = (length: number): RangeError =>
  new RangeError(`a page holds more than the ${length} B that it declares`);

/** Bytes of a page of zlib's. @throws RangeError for more than `length` bytes */
function zlibPage(
  inflate: (input: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array,
  input: Uint8Array,
  length: number,
): Uint8Array {
  try {
    // zlib takes no bound of 0
    return inflate(input, { maxOutputLength: Math.max(1, length) });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? excess(length) : error;
  }
}

function zstdPage(input: Uint8Array, length: number): Uint8Array {
  requireWindows(input, Math.max(length, usualWindow));
  const page = new Uint8Array(length);
  let end = 0;
  const stream = new Decompress((block) => {
    if (end + block.length > length) throw excess(length);
    page.set(block, end);
    end += block.length;
  });
  stream.push(input, true);
  return page.subarray(0, end);
}

/** Bytes that a text of Snappy says it holds: an integer of groups of 7 bits, the lowest first. */
function snappyLength(input: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < 5; at++) {
    length += (input[at]! & 127) * 128 ** at;
    if (input[at]! < 128) break;
  }
  return length;
}

function snappyPage(input: Uint8Array, length: number): Uint8Array {
  if (snappyLength(input) > length) throw excess(length);
  return compressors.SNAPPY!(input, length);
}

/**
 * Decompressors of parquet pages that never give more bytes than a page declares.
 *
 * @param megabytes that all pages may declare together
 */
export function boundedCompressors(megabytes: number): Compressors {
  let left = megabytes * 1e6;
  const codecs: Compressors = {
    ...compressors,
    GZIP: (input, length) => zlibPage(gunzipSync, input, length),
    BROTLI: (input, length) => zlibPage(brotliDecompressSync, input, length),
    SNAPPY: snappyPage,
    ZSTD: zstdPage,
  };
  return Object.fromEntries(
    Object.entries(codecs).map(([codec, page]) => [
      codec,
      (input: Uint8Array, length: number) => {
        if (length < 0) throw new RangeError(`a page declares ${length} B`);
        left -= length;
        if (left < 0) throw new RangeError(`its pages declare more than ${Math.round(megabytes)} MB`);
        return page(input, length);
      },
    ]),
  );
}
