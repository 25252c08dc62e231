import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/files/npy.ts";
import { TensorFile } from "../../src/files/tensor-file.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

const data = (name: string): string => join(import.meta.dirname, "data", name);
const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

function numbersOf(path: string): Float32Array {
  const file = TensorFile.open(path, "");
  const numbers = new Float32Array(file.shape.reduce((a, b) => a * b, 1));
  file.read(0, numbers);
  file.close();
  return numbers;
}

const worst = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

const npyFiles = ["--q", data("q.npy"), "--k", data("k.npy"), "--v", data("v.npy")];
const safetensors = ["q", "k", "v"].flatMap((name) => [`--${name}`, data("qkv.safetensors")]);

interface Report {
  readonly variant: string;
  readonly engine: string;
  readonly threads: number;
  readonly tokens: number;
  readonly cost: Readonly<Record<string, number>>;
  readonly heads: readonly {
    readonly head: number;
    readonly kvHead: number;
    readonly tokensRead: number;
    readonly entropy: number;
    readonly denseMass?: number;
    readonly error?: number;
  }[];
}

const attend = (variant: string, ...words: string[]): Promise<Report> =>
  attnsimJson<Report>("attend", "--variant", variant, ...words);

describe("against numpy: grouped queries, causal, two kv heads of 70 tokens", () => {
  it.each([
    ["wasm", "dense", npyFiles, "out.npy"],
    ["reference", "dense", safetensors, "out.npy"],
    ["wasm", "dense+bf16", safetensors, "out-bf16.npy"],
    ["reference", "dense+bf16", npyFiles, "out-bf16.npy"],
    ["wasm", "oracle(k=70)", npyFiles, "out.npy"],
  ])("%s, %s", async (engine, variant, files, golden) => {
    const out = join(folder, "out.npy");
    const report = await attend(variant, ...files, "--engine", engine, "--out", out);
    expect(worst(numbersOf(out), numbersOf(data(golden)))).toBeLessThan(1e-5);
    const { shape } = TensorFile.open(out, "");
    expect(shape).toEqual([4, 3, 16]);
    expect(report.heads.map(({ head, kvHead, tokensRead }) => [head, kvHead, tokensRead])).toEqual([
      [0, 0, 69],
      [1, 0, 69],
      [2, 1, 69],
      [3, 1, 69],
    ]);
    for (const { denseMass, error } of report.heads) {
      expect(denseMass).toBeCloseTo(1, 6);
      expect(error).toBeLessThan(1e-6);
    }
  });

  it("rounds where it is told to", () => {
    expect(worst(numbersOf(data("out.npy")), numbersOf(data("out-bf16.npy")))).toBeGreaterThan(1e-4);
  });
});

describe("shapes of captures", () => {
  const [q, k] = [numbersOf(data("q.npy")), numbersOf(data("k.npy"))];
  const v = numbersOf(data("v.npy"));
  const golden = numbersOf(data("out.npy"));
  const write = (name: string, shape: readonly number[], numbers: Float32Array): string => {
    writeNpy(join(folder, name), shape, [numbers]);
    return join(folder, name);
  };
  /** The sequence in question, between two others. */
  const among = (numbers: Float32Array): Float32Array =>
    Float32Array.from([...numbers.map(() => 7), ...numbers, ...numbers.map(() => -1)]);
  const run = async (files: readonly string[], ...words: string[]): Promise<Float32Array> => {
    const out = join(folder, "shapes.npy");
    await attend("dense", ...files, "--out", out, ...words);
    return numbersOf(out);
  };

  it("are (1, heads, rows, d), or a sequence of (batch, heads, rows, d)", async () => {
    const one = [
      ["--q", write("q1.npy", [1, 4, 3, 16], q)],
      ["--k", write("k1.npy", [1, 2, 70, 16], k)],
      ["--v", data("v.npy")],
    ].flat();
    expect(worst(await run(one), golden)).toBeLessThan(1e-5);
    const three = [
      ["--q", write("q3.npy", [3, 4, 3, 16], among(q))],
      ["--k", write("k3.npy", [3, 2, 70, 16], among(k))],
      ["--v", write("v3.npy", [3, 2, 70, 16], among(v))],
    ].flat();
    expect(worst(await run(three, "--batch", "1"), golden)).toBeLessThan(1e-5);
    const { code, err } = await attnsim("attend", "--variant", "dense", ...three);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/q3\.npy holds 3 sequences.*choose one with --batch 0 to 2/),
    ]);
  });

  it.each([5, 24])("have values of another width than keys: %i", async (width) => {
    // 24 wide: the 16 columns and 8 of them again
    const values = Float32Array.from(
      { length: 2 * 70 * width },
      (_, at) => v[Math.floor(at / width) * 16 + ((at % width) % 16)]!,
    );
    const files = [...npyFiles.slice(0, 4), "--v", write("narrow.npy", [2, 70, width], values)];
    const got = await run(files);
    const wanted = Float32Array.from(
      { length: 12 * width },
      (_, at) => golden[Math.floor(at / width) * 16 + ((at % width) % 16)]!,
    );
    expect(got).toHaveLength(wanted.length);
    expect(worst(got, wanted)).toBeLessThan(1e-5);
    const { cost } = await attend("dense", ...files);
    expect(cost).toMatchObject({
      keptBytes: 70 * 2 * (16 + width) * 4,
      kvReadBytes: 70 * 2 * (16 + width) * 4,
    });
  });
});

describe("the report", () => {
  it("measures what a selection reads and leaves", async () => {
    const { heads, cost, ...rest } = await attend("oracle(k=8)", ...npyFiles);
    expect(rest).toMatchObject({
      variant: expect.stringMatching(/^oracle\(k=8\b/) as string,
      engine: "wasm",
      tokens: 70,
      queryHeads: 4,
      headDim: 16,
    });
    expect(cost).toMatchObject({ keptBytes: 2 * 70 * 2 * 16 * 4, kvReadBytes: 2 * 8 * 2 * 16 * 4 });
    for (const { tokensRead, denseMass, error, entropy } of heads) {
      expect(tokensRead).toBe(8);
      expect(entropy).toBeGreaterThan(0);
      expect(entropy).toBeLessThan(Math.log(8));
      expect(denseMass).toBeGreaterThan(8 / 70);
      expect(denseMass).toBeLessThan(1);
      expect(error).toBeGreaterThan(0.01);
    }
  });

  it("has the dense mass that the largest weights have", async () => {
    // one query, keys with scores ln 1, ln 2, ln 3, ln 4 at d = 1: weights .1 .2 .3 .4
    const write = (name: string, numbers: number[]): string => {
      const path = join(folder, `${name}.npy`);
      writeNpy(path, [1, numbers.length, 1], [Float32Array.from(numbers)]);
      return path;
    };
    const files = [
      ["--q", write("q", [1])],
      ["--k", write("k", [1, 2, 3, 4].map(Math.log))],
      ["--v", write("v", [10, 20, 30, 40])],
    ].flat();
    const { heads } = await attend("oracle(k=2)", ...files, "--out", join(folder, "two.npy"));
    expect(heads[0]!.denseMass).toBeCloseTo(0.7, 6);
    expect(numbersOf(join(folder, "two.npy"))[0]).toBeCloseTo((30 * 3 + 40 * 4) / 7, 4);
    expect(heads[0]!.error).toBeCloseTo((250 / 7 - 30) / 30, 5);
  });

  it("is a table without --json; --no-compare leaves dense attention out", async () => {
    const { code, out } = await attnsim(
      "attend",
      "--variant",
      "sink-window(window=8)",
      ...npyFiles,
      "--no-compare",
      "--threads",
      "1",
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /^sink-window\(sinks=4,window=8\) on wasm, 1 thread: 3 queries of 4 heads over 70 tokens/,
    );
    expect(out).toMatch(/^ +0 +0 +12 +\d\.\d{3} +- +-$/m);
  });

  it("says that a random projection stands for a trained index", async () => {
    const { out } = await attnsim("attend", "--variant", "dsa(k=8)", ...npyFiles, "--threads", "1");
    expect(out).toContain("differs from its sources\n  Index keys are a fixed random projection");
  });
});

describe("a model's own index", () => {
  const write = (name: string, shape: readonly number[]): string => {
    const path = join(folder, `${name}.npy`);
    const count = shape.reduce((a, b) => a * b, 1);
    writeNpy(path, shape, [Float32Array.from({ length: count }, (_, i) => Math.sin(i * i))]);
    return path;
  };
  const variant = "dsa(k=8,indexHeads=3,indexDim=6)";
  const own = [
    ["--index-q", write("index-q", [3, 3, 6])],
    ["--index-k", write("index-k", [70, 6])],
    ["--gates", write("gates", [3, 3])],
  ].flat();

  it("takes the place of the stand-in, and the report says which chose", async () => {
    const words = ["attend", "--variant", variant, ...npyFiles];
    const without = await attnsim(...words);
    expect(without.out).toMatch(/^index: a stand-in .*--index-q, --index-k, --gates can give$/m);
    expect(without.out).toContain("Index keys are a fixed random projection");
    const { out } = await attnsim(...words, ...own);
    expect(out).toMatch(/^index: the model's own index-q, index-k, gates$/m);
    expect(out).not.toContain("differs from its sources");
    const report = await attnsimJson<{ captured: string[]; differs: string[] }>(...words, ...own.slice(0, 4));
    expect(report.captured).toEqual(["index-q", "index-k"]);
    expect(report.differs).toEqual([expect.stringContaining("Index heads have equal weights")]);
    // dense attention chooses nothing
    expect((await attnsim("attend", "--variant", "dense", ...npyFiles)).out).not.toContain("index:");
  });

  it.each([
    ["quest", own.slice(2, 4), /quest takes no index-k; it takes no index tensors/],
    ["dsa(k=8)", own, /index-q of dsa must be \(indexHeads, Q, indexDim\), \(4, 3, 128\); got \(3, 3, 6\)/],
    [variant, own.slice(2, 4), /index-k of dsa needs index-q beside it/],
  ])("is refused by %s where it does not fit", async (text, words, message) => {
    const { code, err } = await attnsim("attend", "--variant", text, ...npyFiles, ...words);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});

it("scales q.k as it is told", async () => {
  const out = join(folder, "scaled.npy");
  const half = join(folder, "half.npy");
  writeNpy(half, [4, 3, 16], [numbersOf(data("q.npy")).map((x) => x / 2)]);
  await attend("dense", "--q", half, ...npyFiles.slice(2), "--scale", "0.5", "--out", out);
  expect(worst(numbersOf(out), numbersOf(data("out.npy")))).toBeLessThan(1e-5);
});

describe("the phase", () => {
  const whole = ["--q", data("k.npy"), ...npyFiles.slice(2)];

  it("is said, and a pattern of prefill runs as one", async () => {
    const lines = async (...words: string[]): Promise<string> =>
      (await attnsim("attend", ...words, "--threads", "1")).out.split("\n")[1]!;
    const pattern = ["--variant", "a-shape(sinks=4,window=8)", ...npyFiles];
    expect(await lines(...pattern)).toBe("prefill: the queries are the prompt's own");
    expect(await lines(...pattern, "--phase", "decode")).toBe(
      "decode: the queries follow the prompt. Attention is dense here: a-shape does its own work in prefill (--phase prefill)",
    );
    expect(await lines("--variant", "quest", ...whole)).toBe(
      "decode: the queries follow the prompt, one step each",
    );
    expect(await lines("--variant", "quest", ...whole, "--phase", "prefill")).toMatch(
      /Attention is dense here: quest does its own work in decode/,
    );
  });

  it("is prefill for a whole prompt", async () => {
    expect(await attend("dense", ...whole)).toMatchObject({ phase: "prefill", denseInPhase: false });
    expect(await attend("dense", ...npyFiles)).toMatchObject({ phase: "decode", denseInPhase: false });
  });
});

describe("numbers that are not numbers", () => {
  /** A .npy file of these bytes. */
  const npy = (name: string, descr: string, shape: readonly number[], bytes: Uint8Array): string => {
    const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
    const header = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${dict.padEnd(117)}\n`, "latin1");
    header.writeUInt16LE(118, 8);
    const path = join(folder, name);
    writeFileSync(path, Buffer.concat([header, bytes]));
    return path;
  };
  const bytesOf = (numbers: ArrayBufferView): Uint8Array => new Uint8Array(numbers.buffer);
  const safetensors = (name: string, dtype: string, shape: readonly number[], bytes: Uint8Array): string => {
    const header = Buffer.from(JSON.stringify({ k: { dtype, shape, data_offsets: [0, bytes.length] } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const path = join(folder, name);
    writeFileSync(path, Buffer.concat([length, header, bytes]));
    return path;
  };
  // (1, 3, 2) with a bad number at row 2, column 1
  const bits = (bad: number): Uint8Array => bytesOf(Uint16Array.of(0, 0, 0, 0, 0, bad));
  const others = (): string[] => {
    const ones = join(folder, "ones.npy");
    writeNpy(ones, [1, 3, 2], [new Float32Array(6).fill(1)]);
    return ["--variant", "dense", "--q", ones, "--v", ones];
  };

  it.each([
    ["NaN in float16", npy("nan-f2.npy", "<f2", [1, 3, 2], bits(0x7e00)), "NaN"],
    ["infinity in float16", npy("inf-f2.npy", "<f2", [1, 3, 2], bits(0xfc00)), "-Infinity"],
    [
      "NaN in float32",
      npy("nan-f4.npy", "<f4", [1, 3, 2], bytesOf(Float32Array.of(0, 0, 0, 0, 0, NaN))),
      "NaN",
    ],
    [
      "1e300",
      npy("large-f8.npy", "<f8", [1, 3, 2], bytesOf(Float64Array.of(0, 0, 0, 0, 0, 1e300))),
      "Infinity",
    ],
    ["NaN in bf16", safetensors("nan.safetensors", "BF16", [1, 3, 2], bits(0x7fc0)), "NaN"],
    ["infinity in bf16", safetensors("inf.safetensors", "BF16", [1, 3, 2], bits(0x7f80)), "Infinity"],
  ])("refuses %s, with its place, on every engine", async (_, path, number) => {
    for (const engine of ["wasm", "reference"]) {
      const { code, err } = await attnsim("attend", ...others(), "--k", path, "--engine", engine);
      expect(code).toBe(2);
      expect(err).toMatch(
        new RegExp(`k holds ${number}.* at head 0, row 2, column 1; allowed: finite numbers`),
      );
    }
  });

  it("computes in float64 what float32 cannot weigh, and says so", async () => {
    const big = join(folder, "big.npy");
    writeNpy(big, [4, 3, 16], [numbersOf(data("q.npy")).map((x) => 1e6 * x)]);
    const words = ["attend", "--variant", "oracle(k=8)", "--q", big, ...npyFiles.slice(2)];
    const { out } = await attnsim(...words);
    expect(out).toMatch(/^oracle\(k=8\b.*\) on reference, /);
    expect(out).toMatch(
      /^logits may reach \d\.\de\+\d and values \S+, too large for float32: the reference engine/m,
    );
    const asked = await attnsimJson<Report>(...words);
    expect(asked).toEqual(await attnsimJson<Report>(...words, "--engine", "reference"));
  });

  it("prints no NaN for values of 0", async () => {
    const zero = join(folder, "zero.npy");
    writeNpy(zero, [2, 70, 16], [new Float32Array(2 * 70 * 16)]);
    const { out } = await attnsim("attend", "--variant", "oracle(k=8)", ...npyFiles.slice(0, 4), "--v", zero);
    expect(out).not.toContain("NaN");
    expect(out).toMatch(/^ +0 +0 +8 .* +0\.00%$/m);
    const linear = await attnsim("attend", "--variant", "linear", ...npyFiles);
    expect(linear.out).not.toContain("NaN");
  });
});

describe("what is refused", () => {
  const q = (path: string): string[] => ["--q", path, ...npyFiles.slice(2)];
  const shaped = (name: string, ...shape: number[]): string => {
    const path = join(folder, name);
    writeNpy(path, shape, [new Float32Array(shape.reduce((a, b) => a * b, 1))]);
    return path;
  };
  const torn = join(folder, "torn.npy");
  writeFileSync(torn, readFileSync(data("q.npy")).subarray(0, 500));

  it.each([
    [
      "an unknown variant",
      ["--variant", "denser", ...npyFiles],
      /unknown attention variant "denser"; known: .*dense, /,
    ],
    [
      "a missing file",
      ["--variant", "dense", ...q("gone.npy")],
      /cannot read gone\.npy: there is no such file/,
    ],
    [
      "a torn file",
      ["--variant", "dense", ...q(torn)],
      /torn\.npy is cut short: f32 of shape \[4, 3, 16\] ends at byte 896; the file ends at byte 500/,
    ],
    [
      "two dimensions",
      ["--variant", "dense", ...q(shaped("flat.npy", 3, 16))],
      /q must have three dimensions \(heads, rows, d\).*; got \(3, 16\)/,
    ],
    [
      "another width",
      ["--variant", "dense", ...q(shaped("wide.npy", 4, 3, 8))],
      /q must be 16 wide, as k is; got 8/,
    ],
    [
      "odd heads",
      ["--variant", "dense", ...q(shaped("odd.npy", 3, 3, 16))],
      /multiple of the 2 kv heads; got 3/,
    ],
    [
      "more queries than tokens",
      ["--variant", "dense", ...q(shaped("long.npy", 4, 71, 16))],
      /at most 70 rows, as k has; got 71/,
    ],
    [
      "another engine",
      ["--variant", "dense", ...npyFiles, "--engine", "abacus"],
      /unknown engine "abacus"; known: wasm, /,
    ],
    [
      "too little memory",
      ["--variant", "dense", ...npyFiles, "--memory-gb", "0.01"],
      /these tensors need \d+ MB of memory; allowed are 10 MB \(--memory-gb\)/,
    ],
    [
      "another phase",
      ["--variant", "dense", ...npyFiles, "--phase", "training"],
      /unknown phase "training"; known: prefill, decode/,
    ],
    [
      "an output of another kind",
      ["--variant", "dense", ...npyFiles, "--out", "out.csv"],
      /--out must end in \.npy; got out\.csv/,
    ],
    [
      "a folder that cannot be made",
      ["--variant", "dense", ...npyFiles, "--out", join(npyFiles[1]!, "out.npy")],
      /cannot write .*out\.npy: a part of the path is a file/,
    ],
  ])("%s", async (_, words, message) => {
    const { code, out, err } = await attnsim("attend", ...words);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });
});
