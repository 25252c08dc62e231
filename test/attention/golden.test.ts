import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { attender } from "../../src/attention/attender.ts";
import { parseShaping, parseSpec } from "../../src/attention/spec.ts";
import { cacheFromTensors } from "../../src/attention/tensors.ts";
import { rowsOf, tensor } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { engines } from "./engines.ts";

// Tokens that the public code of other projects reads, and its outputs. scripts/golden/peers.py makes them and names the
// source and commit of each.

interface Golden {
  readonly variant: string;
  readonly source: Readonly<Record<"repository" | "commit" | "path", string>>;
  /** heads of q.npy that ask */
  readonly queryHeads: readonly number[];
  readonly queries: readonly {
    readonly at: number;
    readonly heads: readonly {
      /** ranges [from, to) of tokens; null for a state, which stands for all */
      readonly reads: readonly (readonly [number, number])[] | null;
      readonly output: readonly number[];
    }[];
  }[];
}

const data = join(import.meta.dirname, "data");
const all = JSON.parse(readFileSync(join(data, "golden.json"), "utf8")) as readonly Golden[];

/** A tensor of float32 in the .npy format, version 1. */
function npy(name: string): Tensor {
  const bytes = readFileSync(join(data, `${name}.npy`));
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString();
  expect(header).toContain("'<f4'");
  const shape = /\(([\d, ]+)\)/.exec(header)![1]!.split(",").map(Number);
  return tensor(new Float32Array(bytes.buffer.slice(bytes.byteOffset + start)), shape);
}

const [q, k, v] = ["q", "k", "v"].map(npy) as [Tensor, Tensor, Tensor];
const [, tokens, width] = k.shape as [number, number, number];

/** Heads of (heads, rows, d). */
function headsOf(all: Tensor, heads: readonly number[]): Tensor {
  const [, rows, width] = all.shape as [number, number, number];
  const out = new Float32Array(heads.length * rows * width);
  heads.forEach((head, i) => {
    for (let row = 0; row < rows; row++)
      for (let c = 0; c < width; c++) out[(i * rows + row) * width + c] = all.get(head, row, c);
  });
  return tensor(out, [heads.length, rows, width]);
}

describe.each(engines)("on %s", (_name, makeEngine, tolerance) => {
  const ops = makeEngine();
  afterAll(() => ops.close());

  it.each(all.map((golden) => [golden.variant, golden.source.repository, golden] as const))(
    "%s reads and answers as the code of %s",
    (spec, _repository, { queryHeads, queries: expected }) => {
      const { variant, params } = parseSpec(spec);
      const { cache, queries } = cacheFromTensors(ops, { k, v, q: headsOf(q, queryHeads) });
      const phase = variant.prefill === "only" ? "prefill" : "decode";
      const { heads } = attender(
        { variant, params, shaping: parseShaping("none") },
        cache,
        ops,
      )({
        ...queries,
        phase,
      });
      for (const { at, heads: wanted } of expected)
        wanted.forEach(({ reads, output }, head) => {
          const own = heads[Math.floor(head / queries.group)]!;
          const row = at * queries.group + (head % queries.group);
          const read = Array.from({ length: tokens }, (_, t) => t).filter((t) => own.reads(row, t));
          if (reads)
            expect(read, `tokens of query ${at}, head ${head}`).toEqual(
              reads.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)),
            );
          // a state is walked back until a ten-millionth of it is left
          const within = reads ? tolerance : Math.max(tolerance, 5e-7);
          const got = rowsOf(own.output, row, row + 1);
          for (let c = 0; c < width; c++)
            expect(Math.abs(got.get(0, c) - output[c]!), `output of query ${at}`).toBeLessThan(within);
        });
      for (const { space } of cache.heads) space.clear();
    },
  );
});

it("covers the variants that results use most, and names a commit of each source", () => {
  const names = all.map(({ variant }) => variant.replace(/\(.*/, ""));
  expect(names).toEqual(expect.arrayContaining(["quest", "dsa", "nsa", "moba", "snapkv"]));
  for (const { source } of all) {
    expect(source.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(source.path).not.toBe("");
  }
  // a case that reads everything would test no choice
  for (const { queries } of all)
    for (const { at, heads } of queries)
      for (const { reads } of heads)
        expect((reads ?? []).reduce((sum, [from, to]) => sum + to - from, 0)).toBeLessThanOrEqual(at);
});
