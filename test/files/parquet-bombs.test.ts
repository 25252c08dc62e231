import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { boundedCompressors } from "../../src/files/parquet-pages.ts";
import { readParquet } from "../../src/files/parquet.ts";
import { emptyFolder } from "../runs/folder.ts";

/** Most bytes of a block of Zstandard. */
const blockBytes = 131_072;

/** Header of a block of Zstandard. @param kind 0 its bytes follow, 1 one byte follows, which is repeated */
function blockHeader(size: number, kind: 0 | 1, isLast: boolean): number[] {
  const bits = (size << 3) | (kind << 1) | Number(isLast);
  return [bits & 255, (bits >> 8) & 255, bits >> 16];
}

/** A frame of Zstandard with a window of 128 KiB and no size (RFC 8878, section 3.1.1). */
const frame = (...blocks: readonly number[][]): Uint8Array =>
  Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, ...blocks.flat()]);

/** A frame that holds bytes as they are. */
const stored = (bytes: Uint8Array): Uint8Array => frame([...blockHeader(bytes.length, 0, true), ...bytes]);

/** A frame of `count` blocks of one repeated byte. */
const repeated = (count: number): Uint8Array =>
  frame(...Array.from({ length: count }, (_, i) => [...blockHeader(blockBytes, 1, i === count - 1), 97]));

/** A number as Snappy writes it: groups of 7 bits, the lowest first. */
const groupsOf = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...groupsOf(n >> 7)]);

/** Snappy of up to 60 bytes as they are. */
const literal = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...groupsOf(bytes.length), (bytes.length - 1) << 2, ...bytes]);

/** Snappy of a byte that is repeated by `count` copies of 64 bytes. */
const copied = (count: number): Uint8Array =>
  Uint8Array.from([
    ...groupsOf(1 + 64 * count),
    0,
    97,
    ...Array.from({ length: count }, () => [0xfe, 1, 0]).flat(),
  ]);

const codecs = {
  GZIP: { compress: gzipSync, bomb: () => gzipSync(new Uint8Array(50e6)) },
  BROTLI: { compress: brotliCompressSync, bomb: () => brotliCompressSync(new Uint8Array(50e6)) },
  // 8 GiB in 262 kB
  ZSTD: { compress: stored, bomb: () => repeated(65_536) },
  SNAPPY: { compress: literal, bomb: () => copied(100_000) },
};

const names = Object.keys(codecs) as (keyof typeof codecs)[];

/** Path of a parquet file whose pages hold what `compress` makes of them. */
function fileOf(codec: CompressionCodec, compress: (bytes: Uint8Array) => Uint8Array, text: string): string {
  const path = join(emptyFolder(), "rows.parquet");
  const file = parquetWriteBuffer({
    codec,
    compressors: { [codec]: compress },
    columnData: [{ name: "prompt", data: [text], encoding: "PLAIN" }],
  });
  writeFileSync(path, new Uint8Array(file));
  return path;
}

describe.each(names)("pages of %s", (codec) => {
  const { compress, bomb } = codecs[codec];

  it("load", async () => {
    expect(await readParquet(fileOf(codec, compress, "hello"))).toEqual([{ prompt: "hello" }]);
  });

  it("are refused if they hold more than they declare", async () => {
    const before = process.memoryUsage.rss();
    await expect(readParquet(fileOf(codec, bomb, "hello"))).rejects.toThrow(
      /rows.parquet is torn or no parquet file: a page holds more than the \d+ B that it declares/,
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(500e6);
  });
});

it("refuses pages that declare more than memory", async () => {
  const path = fileOf("GZIP", gzipSync, "a".repeat(60e6));
  const limits = { seconds: 60, megabytes: 50 };
  await expect(readParquet(path, undefined, limits)).rejects.toThrow("its pages declare more than 50 MB");
});

it("refuses a window of Zstandard of 2 GB, in a later frame too", () => {
  const wide = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa7, ...blockHeader(4, 1, true), 97]);
  const small = stored(Uint8Array.from([1, 2, 3]));
  const { ZSTD } = boundedCompressors(512);
  expect(ZSTD!(Uint8Array.from([...small, ...small]), 6)).toEqual(Uint8Array.from([1, 2, 3, 1, 2, 3]));
  expect(() => ZSTD!(Uint8Array.from([...small, ...wide]), 7)).toThrow(
    "a page of Zstandard asks for a window of 2013265920 B; allowed: 134217728 B",
  );
});

it.each(["LZ4", "LZ4_RAW", ...names] as const)("never makes room for 2 GB of %s", (codec) => {
  expect(() => boundedCompressors(512)[codec]!(new Uint8Array(20), 2 ** 31 - 1)).toThrow(
    "its pages declare more than 512 MB",
  );
});
