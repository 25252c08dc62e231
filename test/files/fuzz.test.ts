import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { acceptanceOf } from "../../src/files/acceptance.ts";
import { readTrialRows } from "../../src/files/csv.ts";
import { readText } from "../../src/files/files.ts";
import { modelOf, systemOf } from "../../src/files/machines.ts";
import { readConstants } from "../../src/files/kernels.ts";
import { tensorsIn } from "../../src/files/snapshot.ts";
import { TensorFile } from "../../src/files/tensor-file.ts";
import { readTrace } from "../../src/files/trace.ts";
import { readConfig } from "../../src/runs/config.ts";
import { readPrices } from "../../src/studies/economics/prices.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { parseTask } from "../../src/tasks/spec.ts";
import { parseLength } from "../../src/core/length.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));
const data = (name: string): Buffer => readFileSync(join(import.meta.dirname, "../cli/data", name));

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** The value that is read, or the message of its refusal. Any other error, and a message that shows one, fails the test. */
function settled<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message).not.toMatch(/TypeError|RangeError|call stack|is not a function|received undefined/);
    return error.message;
  }
}

/** Numbers of a value at any depth that are not finite, or beyond what anything counts. */
const nonsense = (value: unknown): number[] =>
  typeof value === "number"
    ? Number.isFinite(value) && Math.abs(value) < 1e25
      ? []
      : [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(nonsense)
      : [];

const seeded = { seed: 17, numRuns: 150 };

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom("", "NaN", "1e400", "-1", "0x10", "constructor", "__proto__", "\0", "\ud800", "2026-13-45"),
);
const number = fc.oneof(
  fc.constantFrom(0, -0, -1, 0.5, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, 1e18, 1e9, 12_345),
  fc.integer(),
);
const value = fc.oneof(
  { weight: 3, arbitrary: number },
  { weight: 2, arbitrary: text },
  fc.constantFrom(null, true, [], {}),
  fc.array(fc.oneof(number, text), { maxLength: 3 }),
  fc.dictionary(text, number, { maxKeys: 2 }),
);

/** Bytes with some of them changed, cut or put in. */
const changedBytes = (whole: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .array(
      fc.tuple(fc.nat(Math.min(whole.length - 1, 300)), fc.nat(255), fc.constantFrom("set", "cut", "add")),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((changes) => {
      let bytes = Uint8Array.from(whole);
      for (const [at, byte, how] of changes)
        if (how === "cut") bytes = bytes.slice(0, at);
        else if (how === "set") bytes[at] = byte;
        else bytes = Uint8Array.from([...bytes.slice(0, at), byte, ...bytes.slice(at)]);
      return bytes;
    });

/** A text with a word in the place of another, a part cut out, or a line twice. */
const changedText = (whole: string): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(whole.length), fc.nat(12), fc.oneof(text, number.map(String))).map(([at, length, by]) => {
    const end = Math.min(whole.length, at + length);
    return whole.slice(0, at) + by + whole.slice(end);
  });

/** An object with other values at one of its keys, at any depth, or without the key. */
function changedObject(whole: object): fc.Arbitrary<object> {
  const paths = (object: object): string[][] =>
    Object.entries(object).flatMap(([key, inner]: [string, unknown]) => [
      [key],
      ...(typeof inner === "object" && inner !== null ? paths(inner).map((path) => [key, ...path]) : []),
    ]);
  return fc
    .tuple(fc.constantFrom(...paths(whole)), fc.option(value, { nil: undefined }))
    .map(([path, by]) => {
      const copy = structuredClone(whole) as Record<string, unknown>;
      const inner = path.slice(0, -1).reduce((object, key) => object[key] as Record<string, unknown>, copy);
      if (by === undefined) Reflect.deleteProperty(inner, path.at(-1)!);
      else inner[path.at(-1)!] = by;
      return copy;
    });
}

/** Reads the first rows of a tensor. */
function firstRows(where: string): readonly number[] {
  const tensor = TensorFile.open(where, "k");
  try {
    const { shape } = tensor;
    const [rows = 0, width = 0] = shape.slice(-2);
    if (shape.length >= 2 && shape.every((size) => size > 0))
      tensor.readRows(0, 0, new Float32Array(Math.min(rows, 2) * width));
    return shape;
  } finally {
    tensor.close();
  }
}

const countable = (shape: readonly number[] | string): boolean =>
  typeof shape === "string" || Number.isSafeInteger(shape.reduce((a, b) => a * b, 1));

describe("a changed file is read or refused", () => {
  it(".npy", () => {
    const check = (bytes: Uint8Array): boolean => countable(settled(() => firstRows(write("a.npy", bytes))));
    fc.assert(fc.property(changedBytes(data("k.npy")), check), seeded);
    const shape = fc.array(fc.oneof(fc.nat(9), fc.constantFrom("1e9", "-1", 2 ** 32, "9".repeat(30), "0x2")));
    const order = fc.constantFrom("True", "False", "1");
    const type = fc.constantFrom("<f4", "|O", ">f4", "<f8", "<U5", "constructor");
    fc.assert(
      fc.property(shape, order, type, (sizes, fortran, descr) => {
        const head = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${sizes.join(", ")},), }`;
        const length = Buffer.from([head.length & 255, head.length >> 8]);
        return check(
          Buffer.concat([
            Buffer.from("\x93NUMPY\x01\0", "latin1"),
            length,
            Buffer.from(head),
            Buffer.alloc(400),
          ]),
        );
      }),
      seeded,
    );
  });

  it(".safetensors", () => {
    const whole = data("qkv.safetensors");
    const length = Number(whole.readBigUInt64LE());
    const header = JSON.parse(whole.toString("utf8", 8, 8 + length)) as object;
    const check = (bytes: Uint8Array): boolean => {
      const path = write("model.safetensors", bytes);
      const stored = settled(() => tensorsIn(folder));
      if (typeof stored !== "string") expect(stored.every(({ bytes: size }) => size >= 0)).toBe(true);
      return countable(settled(() => firstRows(`${path}:k`)));
    };
    fc.assert(fc.property(changedBytes(whole), check), seeded);
    fc.assert(
      fc.property(changedObject(header), (changed) => {
        const json = Buffer.from(JSON.stringify(changed));
        const size = Buffer.alloc(8);
        size.writeBigUInt64LE(BigInt(json.length));
        return check(Buffer.concat([size, json, whole.subarray(8 + length)]));
      }),
      seeded,
    );
  });

  const table = readFileSync(join(import.meta.dirname, "../../results/length-sweep/data.csv"), "utf8");
  it.each<[string, string, (path: string) => unknown]>([
    ["rows.csv", table.split("\n").slice(0, 4).join("\n"), readTrialRows],
    ["own.csv", "arrival_s,input_tokens,output_tokens\n0,100,10\n1.5,200,20\n", readTrace],
    ["azure.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,374,44\n", readTrace],
    [
      "plan.yaml",
      "task: [graphwalks]\nvariant: dense\ntokens: [4K, 8192]\ntrials: 2\nworkers: 2\n",
      readConfig,
    ],
    ["rack.yaml", "extends: gb200-nvl72\ngpu: { hbm: 288GB }\nhost: { memory: 960GB }\n", systemOf],
    ["model.yaml", "extends: qwen3-8b\nhidden: 4096\nvocabulary: 1000\n", modelOf],
    ["curve.yaml", "drafts: 3\ntokensPerStep: { 4K: 1.5 }\nsource: { title: a, url: b }\n", acceptanceOf],
    ["prices.yaml", "source: a\nmodels:\n  GPT-5.4: { input: 2.5, output: 15 }\n", readPrices],
  ])("%s", (name, whole, read) => {
    fc.assert(
      fc.property(changedText(whole), (changed) => {
        const got = settled(() => read(write(name, changed)));
        // a plan's lengths are judged where its trials are made
        if (read !== readConfig) expect(nonsense(got)).toEqual([]);
      }),
      seeded,
    );
  });

  it.each<[string, object, (path: string) => unknown]>([
    ["own.jsonl", { arrival_s: 0, input_tokens: 10, output_tokens: 5 }, readTrace],
    ["mooncake.jsonl", { timestamp: 27_482, input_length: 9, output_length: 5, hash_ids: [4, 7] }, readTrace],
    [
      "weka.jsonl",
      {
        id: "a",
        block_size: 64,
        requests: [
          { type: "n", t: 0, in: 9, out: 5, hash_ids: [1] },
          { type: "subagent", requests: [{ type: "s", t: 1, in: 9, out: 5, think_time: 2 }] },
        ],
      },
      readTrace,
    ],
    ["constants.json", { h100: { gemm: { bf16: { overhead: 1e-6 } } } }, readConstants],
    ["plan.json", { task: "graphwalks", variant: ["dense"], tokens: "4K", trials: 2 }, readConfig],
  ])("%s", (name, whole, read) => {
    fc.assert(
      fc.property(changedObject(whole), (changed) => {
        const got = settled(() => read(write(name, JSON.stringify(changed))));
        if (read === readTrace) expect(nonsense(got)).toEqual([]);
      }),
      seeded,
    );
  });

  const configs = ["deepseek-v4-flash", "kimi-k3", "gpt-oss-120b", "qwen3.5-397b", "mixtral-8x7b"];
  it.each(configs)("config.json of %s", (name) => {
    const path = join(import.meta.dirname, `../hardware/configs/${name}.json`);
    const whole = JSON.parse(readFileSync(path, "utf8")) as object;
    fc.assert(
      fc.property(changedObject(whole), (changed) => {
        const model = settled(() => modelOf(write("config.json", JSON.stringify(changed))));
        if (typeof model !== "string") expect(nonsense({ ...model, checkpoints: [] })).toEqual([]);
      }),
      { ...seeded, numRuns: 60 },
    );
  });

  it.each<[string, string, (text: string) => unknown]>([
    ["a variant", "layers(2*(3*dsa(k=64)|mla)|dense)+fp8+ssmax(s=0.2)", parseSpec],
    ["a task", "ruler(task=niah_multikey_3)", parseTask],
    ["a length", "128K", parseLength],
  ])("%s", (_, whole, read) => {
    fc.assert(
      fc.property(changedText(whole), (changed) => void settled(() => read(changed))),
      seeded,
    );
  });
});

describe("is refused at once", () => {
  const nines = (key: string) => Array(9).fill(key).join(",");
  const bomb = Array.from("bcdefghij")
    .map((key, i) => `${key}: &${key} [${nines(`*${"abcdefghi"[i]!}`)}]`)
    .join("\n");

  it.each([
    ["aliases that stand for 9^10 values", `a: &a [${nines("x")}]\n${bomb}\n`, "alias"],
    ["an alias of itself", "a: &a [*a]\n", "200 levels"],
    ["lists in lists", "[".repeat(100_000), "200 levels"],
    ["lists in lists of blocks", "- ".repeat(20_000), "200 levels"],
    ["mappings in mappings", "{a: ".repeat(10_000), "200 levels"],
    ["anchors of anchors", "!!a &b ".repeat(5000), "200 levels"],
    ["a long text", "a: 1\n".repeat(50_000), "at most 50000 characters"],
  ])("YAML of %s", (_, content, reason) => {
    for (const read of [readConfig, systemOf, modelOf, acceptanceOf, readPrices])
      expect(settled(() => read(write("bomb.yaml", content)))).toContain(reason);
  });

  it("JSON of 100,000 levels", () => {
    for (const [from, to] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const deep = `${from.repeat(100_000)}1${to.repeat(100_000)}`;
      for (const read of [readConfig, modelOf, readConstants])
        expect(settled(() => read(write("deep.json", deep)))).toContain("200 levels");
      const line = `{"id":"a","block_size":1,"requests":${deep}}`;
      expect(settled(() => readTrace(write("deep.jsonl", line)))).toContain("is no JSON object");
    }
  });

  it.each([
    ["layers(9007199254740991*dense)", "at most 1000 layers"],
    ["layers(1000*(1000*(1000*dense)))", "at most 1000 layers; got 1000000000"],
    [`layers(${"(".repeat(50_000)}dense`, "more than 16 times"],
  ])("a plan of layers", (spec, reason) => {
    expect(settled(() => parseSpec(spec))).toContain(reason);
  });

  it.each([
    ["num_experts_per_tok", 100_000],
    ["num_local_experts", 2 ** 53 - 1],
    ["num_hidden_layers", 1e9],
    ["hidden_size", 1e12],
    ["vocab_size", -1],
    ["num_attention_heads", "64"],
    ["intermediate_size", null],
    ["head_dim", 0.5],
  ])("a model's %s of %s, by its name", (key, wrong) => {
    const path = join(import.meta.dirname, "../hardware/configs/gpt-oss-120b.json");
    const config = JSON.parse(readFileSync(path, "utf8")) as object;
    expect(settled(() => modelOf(write("config.json", JSON.stringify({ ...config, [key]: wrong }))))).toMatch(
      new RegExp(`"${key}"`),
    );
  });
});

describe("what is no file of text", () => {
  mkdirSync(join(folder, "folder.yaml"));
  symlinkSync("loop.yaml", join(folder, "loop.yaml"));
  symlinkSync("/dev/zero", join(folder, "zero.npy"));
  execFileSync("mkfifo", [join(folder, "pipe.yaml"), join(folder, "pipe.npy")]);

  it.each([
    ["folder.yaml", "it is a folder"],
    ["loop.yaml", "it is a link to itself"],
    ["pipe.yaml", "it is no file but a pipe or a device"],
    ["none.yaml", "there is no such file"],
  ])("%s is refused", (name, reason) => {
    const path = join(folder, name);
    expect(settled(() => readText(path))).toBe(`cannot read ${path}: ${reason}`);
  });

  it.each(["/dev/zero", "/dev/null"])("%s is refused", (path) => {
    expect(settled(() => readText(path))).toContain("it is no file but a pipe or a device");
  });

  it.each(["pipe.npy", "zero.npy"])("%s is refused as a tensor", (name) => {
    expect(settled(() => firstRows(join(folder, name)))).toContain("a pipe or a device");
  });

  it("UTF-16 is refused, and a mark of UTF-8 left out", () => {
    const plan = "task: graphwalks\n";
    expect(settled(() => readConfig(write("16.yaml", Buffer.from(`\ufeff${plan}`, "utf16le"))))).toContain(
      "it is UTF-16; allowed: UTF-8",
    );
    expect(readConfig(write("8.yaml", `\ufeff${plan}`))).toEqual({ task: "graphwalks" });
    expect(readConfig(write("8.json", '\ufeff{"trials": 2}'))).toEqual({ trials: 2 });
  });
});
