import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/files/npy.ts";
import { TensorFile } from "../../src/files/tensor-file.ts";
import { UsageError } from "../../src/core/errors.ts";

const data = (name: string): string => join(import.meta.dirname, "../cli/data", name);
const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const subfolder = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
};

function readAll(where: string, name = ""): { shape: readonly number[]; numbers: number[] } {
  const tensor = TensorFile.open(where, name);
  const out = new Float32Array(tensor.shape.reduce((a, b) => a * b, 1));
  tensor.read(0, out);
  tensor.close();
  return { shape: tensor.shape, numbers: [...out] };
}

/** The message of the UsageError that `work` throws. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error("expected a refusal");
}

const small = [0, -0, 1, -1.5, 65504, 2 ** -24, 3.140625, 1 / 3, -1e-3, Infinity, -Infinity, 6.1e-5];
/** half-precision roundings of `small`, as numpy prints them */
const asHalf = [
  ...small.slice(0, 7),
  0.333251953125,
  -0.0010004043579101562,
  Infinity,
  -Infinity,
  6.097555160522461e-5,
];
const asBf16 = [
  ...small.slice(0, 4),
  65536,
  ...small.slice(5, 7),
  0.333984375,
  -0.00099945068359375,
  Infinity,
  -Infinity,
  6.103515625e-5,
];
const asSingle = small.map(Math.fround);

describe("element types, as numpy and safetensors write them", () => {
  it.each([
    ["small-f2.npy", asHalf],
    ["small-f4.npy", asSingle],
    ["small-f8.npy", asSingle],
    ["version2.npy", asSingle],
    ["version3.npy", asSingle],
    ["small.safetensors:f16", asHalf],
    ["small.safetensors:bf16", asBf16],
    ["small.safetensors:f32", asSingle],
    ["small.safetensors:f64", asSingle],
  ])("%s", (name, expected) => {
    expect(readAll(data(name))).toEqual({ shape: [2, 6], numbers: expected });
  });

  it("reads half-precision numbers of every exponent", () => {
    const values = Array.from({ length: 31 }, (_, e) => (e === 0 ? 2 ** -20 : 1.5 * 2 ** (e - 15)));
    const bits = Array.from({ length: 31 }, (_, e) => (e === 0 ? 16 : (e << 10) | 512));
    const header = readFileSync(data("small-f2.npy"))
      .toString("latin1", 0, 128)
      .replace("(2, 6), }", "(31,), } ");
    const body = Buffer.from(new Uint16Array(bits).buffer);
    expect(readAll(file("half.npy", Buffer.concat([Buffer.from(header, "latin1"), body]))).numbers).toEqual(
      values,
    );
  });
});

it("names a tensor by default where the file holds several", () => {
  const tensor = TensorFile.open(data("qkv.safetensors"), "k");
  expect([tensor.label.endsWith("qkv.safetensors:k"), tensor.shape, tensor.dtype]).toEqual([
    true,
    [2, 70, 16],
    "f32",
  ]);
  tensor.close();
  expect(readAll(data("qkv.safetensors"), "k").numbers).toEqual(readAll(data("k.npy")).numbers);
});

it("reads from any element, across chunks", () => {
  const n = (1 << 20) + 17;
  const numbers = Float32Array.from({ length: n }, (_, i) => i);
  writeNpy(join(folder, "long.npy"), [n], [numbers]);
  const tensor = TensorFile.open(join(folder, "long.npy"), "");
  const out = new Float32Array(n - 5);
  tensor.read(5, out);
  tensor.close();
  expect(out.every((x, i) => x === i + 5)).toBe(true);
});

/** A .npy file of these float64 numbers, in Fortran order or not. */
function npyFile(name: string, fortran: boolean, shape: readonly number[], numbers: Float64Array): string {
  const order = fortran ? "True" : "False";
  const dict = `{'descr': '<f8', 'fortran_order': ${order}, 'shape': (${shape.join(", ")}), }`;
  const header = Buffer.from(`\x93NUMPY\x01\x00v\x00${dict.padEnd(117)}\n`, "latin1");
  return file(name, Buffer.concat([header, new Uint8Array(numbers.buffer)]));
}

/** Rows [first, first + count) of a matrix of the last two dimensions. */
function rowsOf(
  tensor: Pick<TensorFile, "shape" | "readRows">,
  index: number,
  first: number,
  count: number,
): number[] {
  const out = new Float64Array(count * tensor.shape.at(-1)!);
  tensor.readRows(index, first, out);
  return [...out];
}

describe("Fortran order, the first index fastest", () => {
  it("is what numpy writes", () => {
    const tensor = TensorFile.open(data("fortran.npy"), "");
    expect(rowsOf(tensor, 0, 0, 2)).toEqual(asSingle);
    expect(rowsOf(tensor, 0, 1, 1)).toEqual(asSingle.slice(6));
    tensor.close();
  });

  it.each([
    ["three", [2, 5, 3]],
    ["four", [3, 2, 5, 4]],
  ])("of %s dimensions holds the same matrices", (name, shape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    // an element's number is its place in C order
    const numbers = new Float64Array(count);
    for (let at = 0; at < count; at++) {
      let [left, place, stride] = [at, 0, count];
      for (const size of [...shape].reverse()) {
        stride /= size;
        place += (left % size) * stride;
        left = Math.floor(left / size);
      }
      numbers[place] = at;
    }
    const fortran = TensorFile.open(npyFile(`f-${name}.npy`, true, shape, numbers), "");
    const [rows, width] = shape.slice(-2) as [number, number];
    for (let index = 0; index < count / (rows * width); index++)
      for (const [first, some] of [
        [0, rows],
        [2, 2],
      ] as const) {
        const start = (index * rows + first) * width;
        expect(rowsOf(fortran, index, first, some)).toEqual(
          Array.from({ length: some * width }, (_, at) => start + at),
        );
      }
    fortran.close();
  });

  it("is read across chunks", () => {
    const rows = (1 << 19) + 3;
    // (2, rows, 1): heads alternate
    const numbers = Float64Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? 1 : -1) * (at >> 1));
    const tensor = TensorFile.open(npyFile("f-long.npy", true, [2, rows, 1], numbers), "");
    expect(rowsOf(tensor, 1, 0, rows).every((x, row) => x === -row)).toBe(true);
    tensor.close();
  });
});

describe("a batch", () => {
  const numbers = Float64Array.from({ length: 3 * 2 * 2 * 2 }, (_, at) => at);
  it("is three sequences, of which one is chosen", () => {
    const tensor = TensorFile.open(npyFile("batch.npy", false, [3, 2, 2, 2], numbers), "");
    const second = tensor.sequence(1);
    expect([second.shape, rowsOf(second, 0, 0, 2), rowsOf(second, 1, 1, 1)]).toEqual([
      [2, 2, 2],
      [8, 9, 10, 11],
      [14, 15],
    ]);
    expect(refusal(() => tensor.sequence())).toMatch(
      /holds 3 sequences, \(3, 2, 2, 2\); choose one with --batch 0 to 2/,
    );
    expect(refusal(() => tensor.sequence(3))).toMatch(/--batch must be below 3, the sequences of .*; got 3/);
    tensor.close();
  });

  it("of one needs no choice, and a tensor without one allows none", () => {
    const one = TensorFile.open(npyFile("one.npy", false, [1, 2, 2, 6], numbers), "");
    expect(one.sequence().shape).toEqual([2, 2, 6]);
    one.close();
    const none = TensorFile.open(npyFile("none.npy", false, [2, 2, 6], numbers), "");
    expect(none.sequence().shape).toEqual([2, 2, 6]);
    expect(refusal(() => none.sequence(0))).toMatch(
      /has no batch: its shape is \(2, 2, 6\); leave --batch out/,
    );
    none.close();
  });
});

it("writes what numpy writes, byte for byte", () => {
  const count = Float32Array.from({ length: 24 }, (_, i) => i);
  writeNpy(join(folder, "1d.npy"), [3], [new Float32Array([1.5, -2, 3])]);
  writeNpy(join(folder, "3d.npy"), [2, 3, 4], [count.subarray(0, 10), count.subarray(10)]);
  expect(readFileSync(join(folder, "1d.npy"))).toEqual(readFileSync(data("written-1d.npy")));
  expect(readFileSync(join(folder, "3d.npy"))).toEqual(readFileSync(data("written-3d.npy")));
});

it("leaves no file behind when the numbers cannot be made", () => {
  const broken = function* (): Generator<Float32Array> {
    yield new Float32Array(2);
    throw new Error("stopped");
  };
  expect(() => writeNpy(join(folder, "broken.npy"), [4], broken())).toThrow("stopped");
  expect(refusal(() => TensorFile.open(join(folder, "broken.npy"), ""))).toContain("there is no such file");
});

describe("what is refused, and how", () => {
  const npy = readFileSync(data("small-f4.npy"));
  const safe = readFileSync(data("small.safetensors"));
  /** A .safetensors file with this header and 48 bytes of numbers. */
  const withHeader = (name: string, header: string): string => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return file(name, Buffer.concat([length, Buffer.from(header), Buffer.alloc(48)]));
  };
  const entry = (dtype: string, shape: unknown, offsets: unknown): string =>
    JSON.stringify({ k: { dtype, shape, data_offsets: offsets } });

  it.each([
    [
      "a shape that is no list of integers",
      file("shape.npy", Buffer.from(npy.toString("latin1").replace("(2, 6)", "(2 6 )"), "latin1")),
      /malformed \.npy header/,
    ],
    ["big-endian numbers", data("big-endian.npy"), /elements of type >f4; allowed: <f2, <f4, <f8/],
    ["integers", data("integers.npy"), /elements of type <i8; allowed/],
    ["records", data("records.npy"), /elements of type record; allowed/],
    ["integers in safetensors", data("integers.safetensors:ints"), /holds I64; allowed: F64, F32, F16, BF16/],
    [
      "an unknown tensor",
      data("qkv.safetensors:keys"),
      /unknown tensor of .*qkv\.safetensors "keys"; known: k, q, v/,
    ],
    ["a missing file", data("missing.npy"), /cannot read .*missing\.npy: there is no such file/],
    ["a folder", subfolder("folder.npy"), /cannot read .*folder\.npy: it is a folder/],
    ["another extension", file("x.bin", npy), /cannot read \.bin; allowed: \.npy, \.safetensors/],
    ["something else inside", file("text.npy", Buffer.from("hello, numbers")), /is no \.npy file/],
    ["an empty file", file("empty.npy", Buffer.alloc(0)), /is no \.npy file/],
    [
      "an unknown version",
      file("v9.npy", Buffer.concat([npy.subarray(0, 6), Buffer.from([9]), npy.subarray(7)])),
      /\.npy version 9; allowed: 1, 2, 3/,
    ],
    ["a torn prefix", file("prefix.npy", npy.subarray(0, 9)), /cut short: it ends at byte 9/],
    [
      "a torn header",
      file("header.npy", npy.subarray(0, 100)),
      /its header ends at byte 128; the file at 100/,
    ],
    [
      "torn numbers",
      file("body.npy", npy.subarray(0, 150)),
      /f32 of shape \[2, 6\] ends at byte 176; the file ends at byte 150/,
    ],
    [
      "a header that is no dict",
      file("dict.npy", Buffer.from(npy.toString("latin1").replace("'shape'", "'shope'"), "latin1")),
      /malformed \.npy header/,
    ],
    [
      "a torn length",
      file("length.safetensors", safe.subarray(0, 5)),
      /ends at byte 5, within the header's length/,
    ],
    [
      "a torn JSON",
      file("json.safetensors", safe.subarray(0, 60)),
      /cut short: its header ends at byte \d+; the file at 60/,
    ],
    ["a giant header", file("giant.safetensors", Buffer.alloc(16, 0x7f)), /gives its header \d+ bytes/],
    [
      "no JSON",
      withHeader("words.safetensors", "hello"),
      /malformed \.safetensors header, no JSON object: "hello"/,
    ],
    ["a JSON list", withHeader("list.safetensors", "[1]"), /no JSON object/],
    [
      "a malformed entry",
      withHeader("entry.safetensors", entry("F32", [2, -1], [0, 8])),
      /malformed entry of tensor "k"/,
    ],
    [
      "offsets of another size",
      withHeader("size.safetensors", entry("F32", [2, 3], [0, 20])),
      /is 24 bytes; its offsets \[0, 20\] hold 20/,
    ],
    [
      "offsets past the end",
      withHeader("past.safetensors", entry("F32", [2, 3], [40, 64])),
      /cut short: f32 of shape \[2, 3\] ends at byte/,
    ],
  ])("%s", (_, where, message) => {
    expect(refusal(() => TensorFile.open(where, "k"))).toMatch(message);
  });

  it("a file that shrinks while it is read", () => {
    const path = file("shrinks.npy", npy);
    const tensor = TensorFile.open(path, "");
    writeFileSync(path, npy.subarray(0, 150));
    expect(refusal(() => tensor.read(0, new Float32Array(12)))).toMatch(/shrinks\.npy ends at byte 150/);
    tensor.close();
  });

  it("a header that is longer than numpy writes and reads", () => {
    const head = Buffer.alloc(20_000, " ");
    head.write("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }");
    const length = Buffer.alloc(4);
    length.writeUInt32LE(head.length);
    const bytes = Buffer.concat([Buffer.from("\x93NUMPY\x02\0", "latin1"), length, head, Buffer.alloc(12)]);
    expect(refusal(() => TensorFile.open(file("long.npy", bytes), ""))).toMatch(
      /long\.npy: a \.npy header of 20000 bytes; allowed: at most 10000/,
    );
  });

  it("a folder that cannot be written", () => {
    const path = join(file("no-folder", Buffer.alloc(1)), "out.npy");
    expect(refusal(() => writeNpy(path, [1], [new Float32Array(1)]))).toMatch(
      /cannot write to .*no-folder: it is a file/,
    );
  });
});
