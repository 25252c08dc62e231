import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { writeNpy } from "../../src/files/npy.ts";
import {
  planted,
  plantedCapture,
  retrieving,
  shown,
  sizeOf,
  writeSafetensors,
  writeStored,
} from "../studies/capture/capture-file.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "capture.safetensors");
const tensors = plantedCapture(planted);
writeSafetensors(path, tensors);

interface Loss {
  readonly layer: number;
  readonly head: number;
  readonly kvHead: number;
  readonly variant: string;
  readonly tokensRead: number;
  readonly denseMass: number;
  readonly recall: number;
  readonly error: number;
}

interface Answer {
  readonly reader: {
    readonly params: { readonly sharpness: number; readonly fidelity: number; readonly geometry: string };
    readonly ofRetrievalHeads: boolean;
    readonly margin: number;
  };
  readonly heads: readonly {
    readonly layer: number;
    readonly head: number;
    readonly kvHead: number;
    readonly meanShare: number;
    readonly spread: number;
    readonly isRetrieval: boolean;
  }[];
  readonly losses: readonly Loss[];
}

const capture = (...words: string[]): Promise<Answer> =>
  attnsimJson<Answer>("attend", "--capture", path, "--threads", "1", ...words);

describe("a capture with one planted retrieval head", () => {
  let answer: Answer;
  const variants = "sink-window(window=64),oracle(k=64),dense,quest(budget=128)";
  beforeAll(async () => {
    answer = await capture("--variant", variants);
  });

  it("has that head alone, read through grouped queries", () => {
    const { layers, queryHeads } = planted;
    expect(answer.heads).toHaveLength(layers * queryHeads);
    expect(answer.heads.map(({ head, kvHead }) => [head, kvHead]).slice(0, 4)).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
    expect(
      answer.heads.filter(({ isRetrieval }) => isRetrieval).map(({ layer, head }) => [layer, head]),
    ).toEqual([[retrieving.layer, planted.queryHeads - 1]]);
  });

  it("gives the reader back with which it was made", () => {
    const { reader } = answer;
    expect(reader.ofRetrievalHeads).toBe(true);
    expect(Math.abs(reader.params.sharpness - retrieving.sharpness)).toBeLessThan(0.1);
    expect(Math.abs(reader.params.fidelity - retrieving.fidelity)).toBeLessThan(0.06);
    expect(reader.margin / Math.sqrt(planted.d)).toBeCloseTo(reader.params.fidelity, 2);
    const mean = Number(/^text\(mean=([\d.]+)\)$/.exec(reader.params.geometry)![1]);
    expect(Math.abs(mean - retrieving.mean)).toBeLessThan(0.02);
    // the other layer's keys share nothing
    for (const { layer, meanShare } of answer.heads) if (layer === 0) expect(meanShare).toBeLessThan(0.01);
  });

  it("loses by a variant what attend says of each layer", async () => {
    const { queryHeads, kvHeads, tokens, d, queries } = planted;
    const part = (name: "q" | "k" | "v", shape: readonly number[]): string => {
      const file = join(folder, `${name}1.npy`);
      writeNpy(file, shape, [tensors[name].numbers.subarray(sizeOf(shape), 2 * sizeOf(shape))]);
      return file;
    };
    const files = [
      ["--q", part("q", [queryHeads, queries, d])],
      ["--k", part("k", [kvHeads, tokens, d])],
      ["--v", part("v", [kvHeads, tokens, d])],
    ].flat();
    for (const variant of ["sink-window(window=64)", "quest(budget=128)"]) {
      const { heads } = await attnsimJson<{ heads: readonly Loss[] }>(
        "attend",
        "--variant",
        variant,
        ...files,
      );
      const own = answer.losses.filter((loss) => loss.layer === 1 && loss.variant === variant);
      expect(own).toHaveLength(queryHeads);
      own.forEach(({ tokensRead, denseMass, error }, h) => {
        expect([tokensRead, denseMass, error]).toEqual([
          heads[h]!.tokensRead,
          heads[h]!.denseMass,
          heads[h]!.error,
        ]);
      });
    }
  });

  it("loses nothing by dense attention, the retrieved key by a window, and the rest by an oracle", () => {
    const of = (variant: string): readonly Loss[] => answer.losses.filter((loss) => loss.variant === variant);
    for (const { denseMass, recall, error } of of("dense")) {
      expect([denseMass, recall]).toEqual([1, 1]);
      expect(error).toBeLessThan(1e-6);
    }
    for (const { recall } of of("oracle(k=64)")) expect(recall).toBe(1);
    const [window, oracle] = ["sink-window(window=64)", "oracle(k=64)"].map((variant) =>
      of(variant).find(({ layer, head }) => layer === retrieving.layer && head === planted.queryHeads - 1)!,
    );
    expect(window!.denseMass).toBeLessThan(0.1);
    expect(window!.recall).toBeLessThan(0.3);
    expect(window!.error).toBeGreaterThan(0.9);
    expect(oracle!.denseMass).toBeGreaterThan(0.95);
    expect(oracle!.error).toBeLessThan(0.1);
  });

  it("is measured on its last queries, and scaled as it is told", async () => {
    const { heads, losses } = await capture("--queries", "4", "--scale", "0.25", "--variant", "dense");
    expect(losses).toHaveLength(planted.layers * planted.queryHeads);
    const [mine, before] = [heads, answer.heads].map((all) => all.at(-1)!.spread);
    // twice 1 / sqrt(64)
    expect(mine! / before!).toBeGreaterThan(1.9);
    expect(mine! / before!).toBeLessThan(2.1);
  });

  it("asks quarters of the tokens of six variants by itself", async () => {
    const { losses } = await capture("--queries", "1");
    const read = new Map(losses.map(({ variant, tokensRead }) => [variant, tokensRead]));
    expect([...read.keys()].map((variant) => /^[\w-]+/.exec(variant)![0])).toEqual([
      "quest",
      "snapkv",
      "moba",
      "dsa",
      "sink-window",
      "oracle",
    ]);
    // of 600 tokens; pages and MoBA's own block are not full
    for (const [variant, tokens] of read) {
      expect([variant, tokens <= 160]).toEqual([variant, true]);
      expect([variant, tokens > 128]).toEqual([variant, true]);
    }
  });
});

it("the capture that docs/capture.md shows is a planted one", () => {
  const copy = join(folder, "shown.safetensors");
  writeSafetensors(copy, plantedCapture(shown));
  const committed = join(import.meta.dirname, "data/capture.safetensors");
  expect(readFileSync(copy).equals(readFileSync(committed))).toBe(true);
});

describe("a capture that says what its queries ask for", () => {
  const { tokens, queries, d } = planted;
  const known = join(folder, "known.safetensors");
  // query i of the planted head asks for the key at 20 + 7 i; the first 30 of 40 are told
  const facts = Array.from({ length: 30 }, (_, i) => ({ query: tokens - queries + i, source: 20 + 7 * i }));
  writeSafetensors(known, tensors, { matches: JSON.stringify(facts) });

  it("is measured by the match of these facts, and by their recall", async () => {
    const out = join(folder, "facts.csv");
    const { reader, heads, losses } = await attnsimJson<{
      reader: { ofFacts: boolean; margin: number; params: { coherence: number } };
      heads: { layer: number; head: number; factMatch: number; isRetrieval: boolean }[];
      losses: { layer: number; head: number; variant: string; factRecall: number }[];
    }>(
      ...["attend", "--capture", known, "--threads", "1", "--csv", out],
      ...["--variant", "sink-window(window=64),oracle(k=64)"],
    );
    expect(reader.ofFacts).toBe(true);
    // normed codes: 0.7 sqrt(64) up to their lengths
    expect(Math.abs(reader.margin - retrieving.fidelity * Math.sqrt(d))).toBeLessThan(0.6);
    expect(reader.params.coherence).toBeLessThan(0.02);
    for (const { layer, head, factMatch, isRetrieval } of heads) {
      const isPlanted = layer === retrieving.layer && head === planted.queryHeads - 1;
      expect([layer, head, isRetrieval]).toEqual([layer, head, isPlanted]);
      if (!isPlanted) expect(Math.abs(factMatch)).toBeLessThan(0.6);
    }
    const of = (variant: string): number =>
      losses.find(
        (loss) =>
          loss.variant === variant && loss.layer === retrieving.layer && loss.head === planted.queryHeads - 1,
      )!.factRecall;
    // of the 30 facts none stands in the last 64 tokens
    expect(of("sink-window(window=64)")).toBe(0);
    expect(of("oracle(k=64)")).toBe(1);
    expect(readFileSync(out, "utf8").split("\n")[0]!.split(",")).toEqual(
      expect.arrayContaining(["factMatch", "factWeight", "factRecall"]),
    );
  });

  it("shows both in its tables", async () => {
    const { out } = await attnsim(
      "attend",
      "--capture",
      known,
      "--variant",
      "oracle(k=64)",
      "--queries",
      "20",
    );
    expect(out).toMatch(
      /the last 20 queries of each head, q\.k times 0\.125; 10 of them ask for a known fact$/m,
    );
    expect(out).toMatch(/fact's match {2}retrieval heads$/m);
    expect(out).toMatch(/^variant +tokens read +dense mass +recall +facts +error +worst head$/m);
    expect(out).toMatch(/--coherence 0\.?\d* --geometry/);
  });
});

describe("what it prints and writes", () => {
  it("is a table of layers, the reader's options and a table of variants", async () => {
    const out = join(folder, "reader.json");
    const csv = join(folder, "rows.csv");
    const figure = join(folder, "rows.svg");
    const ran = await attnsim(
      ...["attend", "--capture", path, "--variant", "quest(budget=128),a-shape,oracle(k=64)"],
      ...["--out", out, "--csv", csv, "--figure", figure, "--phase", "decode"],
    );
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/^2 layers of 4 query heads and 2 kv heads over 600 tokens, d 64: the last 40 /);
    expect(ran.out).toMatch(/^1 of 8 heads are retrieval heads \(12\.5%\)$/m);
    expect(ran.out).toMatch(/^dense in this phase, and not their own work: a-shape \(--phase\)$/m);
    const line =
      /^--head-dim 64 --sharpness ([\d.]+) --fidelity ([\d.]+) --geometry "(text\(mean=[\d.]+\))"$/m;
    const [, sharpness, fidelity, geometry] = line.exec(ran.out)!;
    expect(JSON.parse(readFileSync(out, "utf8"))).toEqual({
      headDim: 64,
      sharpness: Number(sharpness),
      fidelity: Number(fidelity),
      geometry,
    });
    const rows = readFileSync(csv, "utf8").trimEnd().split("\n");
    expect(rows).toHaveLength(1 + 2 * 4 * 3);
    expect(rows[0]!.split(",")).toEqual(
      expect.arrayContaining([
        "layer",
        "head",
        "kvHead",
        "meanShare",
        "variant",
        "denseMass",
        "recall",
        "error",
      ]),
    );
    expect(readFileSync(figure, "utf8")).toContain("<svg");
  });

  it("are parameters that run takes, from the command line and from the file", async () => {
    const out = join(folder, "reader.json");
    const { reader } = await capture("--variant", "dense", "--out", out);
    const asked = ["run", "--task", "ruler", "--variant", "dense", "--tokens", "4K", "--dry-run"];
    const { sharpness, fidelity, geometry } = reader.params;
    for (const words of [
      ["--config", out],
      [
        "--head-dim",
        "64",
        "--sharpness",
        `${sharpness}`,
        "--fidelity",
        `${fidelity}`,
        "--geometry",
        geometry,
      ],
    ]) {
      const { code, err } = await attnsim(...asked, ...words);
      expect([code, err]).toEqual([0, expect.any(String)]);
    }
  });
});

describe("types of elements", () => {
  const sizes = { layers: 2, queryHeads: 2, kvHeads: 1, tokens: 40, d: 16, queries: 8 };
  const { layers, queryHeads, kvHeads, tokens: count, d, queries } = sizes;
  const shapes = {
    q: [layers, queryHeads, queries, d],
    k: [layers, kvHeads, count, d],
    v: [layers, kvHeads, count, d],
  };
  // the upper bytes of -1.5, 0, .5 and 2, which every type holds exactly
  const codes: Readonly<Record<string, readonly (readonly number[])[]>> = {
    F16: [
      [0x00, 0xbe],
      [0, 0],
      [0x00, 0x38],
      [0x00, 0x40],
    ],
    BF16: [
      [0xc0, 0xbf],
      [0, 0],
      [0x00, 0x3f],
      [0x00, 0x40],
    ],
    F32: [
      [0, 0, 0xc0, 0xbf],
      [0, 0, 0, 0],
      [0, 0, 0, 0x3f],
      [0, 0, 0, 0x40],
    ],
    F64: [
      [0, 0, 0, 0, 0, 0, 0xf8, 0xbf],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0xe0, 0x3f],
      [0, 0, 0, 0, 0, 0, 0, 0x40],
    ],
  };
  const written = (dtype: string): string => {
    const random = new Random("types");
    const file = join(folder, `${dtype}.safetensors`);
    writeStored(
      file,
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => [
          name,
          {
            dtype,
            shape,
            bytes: Buffer.from(
              Array.from({ length: sizeOf(shape) }, () => codes[dtype]![random.below(4)]!).flat(),
            ),
          },
        ]),
      ),
    );
    return file;
  };

  it.each(["F16", "BF16", "F64"])("%s gives what F32 gives", async (dtype) => {
    const measured = async (type: string): Promise<object> => {
      const words = ["attend", "--capture", written(type), "--variant", "quest(budget=8,page=4)"];
      const all = await attnsimJson<object>(...words, "--threads", "1");
      return { ...all, capture: "" };
    };
    const [own, plain] = [await measured(dtype), await measured("F32")];
    expect(own).toEqual(plain);
    expect(JSON.stringify(own)).not.toContain("null,null");
  });
});

describe("what is refused", () => {
  const { layers, queryHeads, kvHeads, tokens, d, queries } = planted;
  const shapes = {
    q: [layers, queryHeads, queries, d],
    k: [layers, kvHeads, tokens, d],
    v: [layers, kvHeads, tokens, d],
  };
  const written = (name: string, other: Partial<Record<"q" | "k" | "v", readonly number[]>>): string => {
    const file = join(folder, `${name}.safetensors`);
    const all = { ...shapes, ...other };
    writeSafetensors(
      file,
      Object.fromEntries(
        Object.entries(all).map(([key, shape]) => [key, { shape, numbers: new Float32Array(sizeOf(shape)) }]),
      ),
    );
    return file;
  };
  const notANumber = join(folder, "nan.safetensors");
  const numbers = Float32Array.from(tensors.k.numbers);
  numbers[(kvHeads + 1) * tokens * d + 5 * d + 3] = NaN;
  writeSafetensors(notANumber, { ...tensors, k: { ...tensors.k, numbers } });

  const withFacts = (name: string, matches: string): string => {
    const file = join(folder, `${name}.safetensors`);
    writeSafetensors(file, tensors, { matches });
    return file;
  };
  const partial = join(folder, "partial.safetensors");
  writeSafetensors(partial, { q: tensors.q, k: tensors.k });
  const whole = join(folder, "integers.safetensors");
  writeStored(whole, {
    ...Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        { dtype: name === "k" ? "I32" : "F32", shape, bytes: Buffer.alloc(4 * sizeOf(shape)) },
      ]),
    ),
  });

  it.each([
    [
      "a tensor that is missing",
      ["--capture", partial],
      /unknown tensor of .*partial\.safetensors "v".*q, k/,
    ],
    ["integers", ["--capture", whole], /:k holds I32; allowed: F64, F32, F16, BF16/],
    [
      "facts that are no JSON",
      ["--capture", withFacts("torn", "[{")],
      /matches of a capture is no JSON: .*position 2/,
    ],
    [
      "facts of another form",
      ["--capture", withFacts("form", '[{"query": 580, "source": -3}]')],
      /matches of a capture must be a list of \{"query": place, "source": place\}: 0\.source: .*expected number to be >=0/,
    ],
    [
      "a fact behind its query",
      ["--capture", withFacts("behind", '[{"query": 580, "source": 581}]')],
      /a source stands at its query or before it, within 600 tokens; got query 580, source 581/,
    ],
    [
      "a query that the capture does not have",
      ["--capture", withFacts("far", '[{"query": 600, "source": 5}]')],
      /within 600 tokens; got query 600, source 5/,
    ],
    [
      "three dimensions",
      ["--capture", written("flat", { q: [queryHeads, queries, d] })],
      /q of a capture must have four dimensions \(layers, heads, tokens, d\), none 0; got \(4, 40, 64\)/,
    ],
    [
      "other layers",
      ["--capture", written("layers", { v: [3, kvHeads, tokens, d] })],
      /v must have 2 layers, as k has; got 3/,
    ],
    [
      "odd heads",
      ["--capture", written("odd", { q: [layers, 3, queries, d] })],
      /query heads must be a multiple of the 2 kv heads; got 3/,
    ],
    [
      "another width",
      ["--capture", written("wide", { q: [layers, queryHeads, queries, 32] })],
      /q must be 64 wide, as k is; got 32/,
    ],
    [
      "more queries than tokens",
      ["--capture", written("long", { q: [layers, queryHeads, 601, d] })],
      /q must have at most 600 rows, as k has; got 601/,
    ],
    ["another format", ["--capture", "k.npy"], /a capture is a \.safetensors file .*; got k\.npy/],
    [
      "numbers that are not",
      ["--capture", notANumber],
      /layer 1: k holds NaN at head 1, row 5, column 3; allowed: finite numbers/,
    ],
    [
      "too little memory",
      ["--capture", path, "--memory-gb", "0.01"],
      /one layer of this capture needs \d+ MB of memory; allowed are 10 MB \(--memory-gb\)/,
    ],
    ["files of one layer", ["--capture", path, "--q", "q.npy"], /--q cannot stand beside --capture/],
    ["no comparison", ["--capture", path, "--no-compare"], /--no-compare cannot stand beside --capture/],
    [
      "another output",
      ["--capture", path, "--out", "o.npy"],
      /--out of a capture must end in \.json; got o\.npy/,
    ],
    [
      "options of a capture without one",
      ["--variant", "dense", "--q", "q.npy", "--k", "k.npy", "--v", "v.npy", "--queries", "3"],
      /--queries needs --capture/,
    ],
    [
      "several variants of one layer",
      ["--variant", "dense,quest", "--q", "q.npy", "--k", "k.npy", "--v", "v.npy"],
      /--variant is one variant without --capture; got dense, quest/,
    ],
  ])("%s", async (_, words, message) => {
    const { code, out, err } = await attnsim("attend", ...words);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });
});
