import { afterAll, describe, expect, it, vi } from "vitest";
import { attender } from "../../src/attention/attender.ts";
import { engineMemory } from "../../src/attention/engine-memory.ts";
import { chunkBytes, inChunks } from "../../src/attention/parts/chunks.ts";
import { variants } from "../../src/attention/registry.ts";
import { parseShaping } from "../../src/attention/spec.ts";
import { resolveParams } from "../../src/core/params.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { wasmEngine } from "../../src/engines/wasm/load.ts";
import { WasmSpace } from "../../src/engines/wasm/space.ts";
import { makeTrial } from "../../src/trial/make-trial.ts";
import { estimateBytes } from "../../src/trial/memory.ts";
import { clearWorlds, world } from "../attention/fixtures.ts";

it.each([
  [1, 100],
  [256, 4096],
  [256, 131_072],
  [3, 2 ** 25],
  [5, 0],
])("knows the largest chunk of scores of %i queries with %i tokens", (count, width) => {
  let largest = 0;
  inChunks(count, width, (from, to) => {
    largest = Math.max(largest, to - from);
  });
  expect(chunkBytes(count, width)).toBe(4 * width * largest);
});

const [tokens, kvHeads, headDim, asked] = [8192, 2, 16, 4];
const shape = { tokens, kvHeads, queryHeads: kvHeads, headDim, bytesPerElement: 4, asked };

/** Bytes that reads of a choice take whatever the length, and a tenth of K and V, which the estimate may be off by. */
const slackBytes = 2 ** 18 + 0.8 * tokens * kvHeads * headDim;

/** Parameters with which a variant that keeps a budget of tokens evicts some. */
const paramsOf = (name: string) => {
  const { params } = variants.get(name);
  return resolveParams(name, params, "budget" in params ? { budget: 512 } : {});
};

/** Variants of which a large part lies in arrays of the JavaScript heap. */
const onHeap = ["compactor", "magicpig", "selective"];

describe("memory in the spaces of an engine", () => {
  const ops = wasmEngine({ threads: 1 });
  const positions = Array.from({ length: asked }, (_, i) => tokens - 1 - i);
  const highest = new Map<WasmSpace, number>();
  const allocate = WasmSpace.prototype.allocate;
  const spy = vi.spyOn(WasmSpace.prototype, "allocate").mockImplementation(function (this: WasmSpace, bytes) {
    const address = allocate.call(this, bytes);
    highest.set(this, Math.max(highest.get(this) ?? 0, this.top));
    return address;
  });
  afterAll(() => {
    spy.mockRestore();
    ops.close();
  });

  /** Bytes that a variant takes in the spaces, beside the cache. */
  function taken(name: string): number {
    clearWorlds(ops);
    const { cache, queries } = world(ops, { tokens, kvHeads, headDim, positions, observedEnd: tokens - 129 });
    const before = new Map([...highest.keys()].map((space) => [space, space.top]));
    highest.clear();
    const use = { variant: variants.get(name), params: paramsOf(name), shaping: parseShaping("none") };
    attender(use, cache, ops)(queries);
    return [...highest].reduce((sum, [space, top]) => sum + top - (before.get(space) ?? 0), 0);
  }

  const memoryOf = (name: string) =>
    engineMemory({ variant: variants.get(name), params: paramsOf(name) }, shape);
  const withMemory = variants.names().filter((name) => {
    const { layers, memory, prefill } = variants.get(name);
    return layers === undefined && prefill !== "only" && (memory !== undefined || memoryOf(name).kept > 0);
  });

  it.each(withMemory)("%s", (name) => {
    const { kept, scores, scratch } = memoryOf(name);
    const said = kept + kvHeads * scores + scratch;
    const took = taken(name);
    const message = `took ${took} B, said ${said} B`;
    expect(took - said, message).toBeLessThan(slackBytes);
    if (!onHeap.includes(name)) expect(said - took, message).toBeLessThan(slackBytes);
  });
});

/** Bytes of the typed arrays within a value. */
const arrayBytes = (value: unknown): number => {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + arrayBytes(inner), 0);
};

it("knows the codes of MagicPIG and the queries of Compactor", () => {
  const ops = referenceEngine();
  const { cache } = world(ops, { tokens: 512, kvHeads, headDim });
  const small = { ...shape, tokens: 512 };
  const memoryOf = (name: string, params = paramsOf(name)) =>
    engineMemory({ variant: variants.get(name), params }, small);
  const magicpig = resolveParams("magicpig", variants.get("magicpig").params, { tables: 20 });
  const hashes = variants.get("magicpig").prepare(cache, magicpig, ops) as { planes: { data: unknown }[] }[];
  const bytes = hashes.reduce(
    (sum, { planes, ...own }) => sum + arrayBytes(own) + arrayBytes(planes.map(({ data }) => data)),
    0,
  );
  const centres = 8 * kvHeads * headDim;
  expect(memoryOf("magicpig", magicpig).kept).toBe(bytes - centres);
  const queries = arrayBytes(cache.observed(512, false, "even").heads.map(({ data }) => data));
  expect(memoryOf("compactor").kept).toBe(queries + queries / kvHeads);
});

const estimate = (options: Partial<Parameters<typeof makeTrial>[0]> = {}): number =>
  estimateBytes([
    makeTrial({ task: "graphwalks", variant: "dense", tokens: "128K", ...options, mode: "numerics" }),
  ]);

it("counts K and V by their type and by the engine's numbers, and the variant only where it works", () => {
  const numbers = 2 * 128_000 * 4 * 128;
  const base = estimate() - 4 * numbers;
  expect(estimate({ engine: "reference" })).toBe(base + 8 * numbers);
  expect(estimate({ reader: { kvDtype: "kivi2" } })).toBe(base + 8 * numbers);
  expect(estimate({ variant: "dense+bf16" })).toBe(base + 2 * numbers);
  expect(estimate({ variant: "snapkv" }) - estimate()).toBe(4 * 4 * 64 * 128_000);
  const prefill = { task: "prefill", tokens: "64K" };
  expect(estimate({ ...prefill, variant: "snapkv" })).toBe(estimate(prefill));
  expect(estimate({ variant: "dsa" }) - estimate()).toBe(4 * 128_000 * (128 + 32) + 16 * 2 ** 20);
  // the two layers of a plan have an index each, of which one is none
  expect(estimate({ variant: "glm-5.3-flash" })).toBe(estimate({ variant: "pooled-dsa" }));
});
