import { describe, expect, it } from "vitest";
import { attendTensors } from "../../src/attention/attend-tensors.ts";
import { phaseFor } from "../../src/attention/phase.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { hash64 } from "../../src/core/random.ts";
import { flat, zeros } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { best, dot, mean, range, softmax } from "./plain.ts";

// The five patterns of prefill on whole prompts (Q equals N), against float64 restatements of their sources' code.

const ops = await loadEngine("wasm", { threads: 1 });
const [tokens, width] = [301, 16];

/** (heads, tokens, width) normal numbers. */
function normal(name: string, heads: number, factor: number): Tensor {
  const rows = zeros(heads * tokens, width);
  ops.fillNormal(rows, hash64(name));
  const out = zeros(heads, tokens, width);
  flat(out).set(flat(rows).map((x) => factor * x));
  return out;
}

// query heads 0 and 1 read kv head 0; each has a pattern of its own
const [queryHeads, kvHeads] = [4, 2];
const [q, k, v] = [normal("q", queryHeads, 2), normal("k", kvHeads, 1), normal("v", kvHeads, 1)];
const kvHeadOf = (h: number): number => Math.floor((h * kvHeads) / queryHeads);
const listed = (all: Tensor, h: number): number[][] =>
  range(tokens).map((i) => range(width).map((c) => all.get(h, i, c)));
const scale = 1 / Math.sqrt(width);

/** Output of a head whose query i reads the keys for which `reads` holds. */
function attention(h: number, reads: (i: number, t: number) => boolean): number[][] {
  const [queries, keys, values] = [listed(q, h), listed(k, kvHeadOf(h)), listed(v, kvHeadOf(h))];
  return queries.map((query, i) => {
    const rows = range(i + 1).filter((t) => reads(i, t));
    const weights = softmax(rows.map((t) => scale * dot(query, keys[t]!)));
    return range(width).map((c) => weights.reduce((sum, w, at) => sum + w * values[rows[at]!]![c]!, 0));
  });
}

/** Weights of the last `count` queries of a head: (count, tokens), 0 for the keys after each. */
const lastWeights = (h: number, count: number): number[][] => {
  const [queries, keys] = [listed(q, h), listed(k, kvHeadOf(h))];
  return range(count).map((at) => {
    const position = tokens - count + at;
    const seen = softmax(keys.slice(0, position + 1).map((key) => scale * dot(queries[position]!, key)));
    return range(tokens).map((t) => seen[t] ?? 0);
  });
};

const sums = (weights: readonly number[][]): { columns: number[]; diagonals: number[] } => {
  const [columns, diagonals] = [range(tokens).map(() => 0), range(tokens).map(() => 0)];
  weights.forEach((row, at) =>
    row.forEach((w, t) => {
      columns[t]! += w;
      const distance = tokens - weights.length + at - t;
      if (distance >= 0) diagonals[distance]! += w;
    }),
  );
  return { columns, diagonals };
};

/** The forced places, and the fewest of the largest others with which `share` of the sum is reached. */
function cover(values: readonly number[], share: number, forced: readonly number[]): Set<number> {
  const wanted = share * values.reduce((a, b) => a + b, 0);
  const rest = range(values.length)
    .filter((at) => !forced.includes(at))
    .sort((a, b) => values[b]! - values[a]!);
  const taken = new Set(forced);
  let sum = forced.reduce((total, at) => total + values[at]!, 0);
  while (rest.length > 0 && (sum < wanted || taken.size === 0)) {
    sum += values[rest[0]!]!;
    taken.add(rest.shift()!);
  }
  return taken;
}

// microsoft/MInference fb56c91, minference/ops/streaming_kernel.py: a_shape_kernel, tri_shape_kernel
const aShape = (sinks: number, local: number) => (i: number, t: number) => i - t < local || t < sinks;

// the same, minference/modules/minference_forward.py: vertical_and_slash_kernel
function verticalSlash(h: number): (i: number, t: number) => boolean {
  const { columns, diagonals } = sums(lastWeights(h, 64));
  const vertical = new Set(
    best(
      columns.map((x, t) => (t < 30 ? Infinity : x)),
      40,
    ),
  );
  const slash = new Set(
    best(
      diagonals.map((x, d) => (d < 100 ? Infinity : x)),
      110,
    ),
  );
  return (i, t) => vertical.has(t) || slash.has(i - t);
}

// bytedance/FlexPrefill a24b27b, flex_prefill/ops/flex_prefill_attention.py: get_active_blocks, with single columns and
// diagonals, and with each query on its own in the place of a pooled block: unit token
function flexPrefill(h: number, gamma: number, blockwise: boolean): (i: number, t: number) => boolean {
  const block = 32;
  if (!blockwise) {
    const { columns, diagonals } = sums(lastWeights(h, block));
    const vertical = cover(columns, gamma, range(block));
    const slash = cover(diagonals, gamma, range(block));
    return (i, t) => vertical.has(t) || slash.has(i - t);
  }
  const [queries, keys] = [listed(q, h), listed(k, kvHeadOf(h))];
  const pooled = range(Math.floor(tokens / block)).map((b) => mean(keys.slice(b * block, (b + 1) * block)));
  const chosen = queries.map((query, i) => {
    const own = Math.floor(i / block);
    const weights = softmax(pooled.slice(0, own).map((key) => scale * dot(query, key)));
    return new Set([0, own, ...(own > 0 ? cover(weights, gamma, []) : [])]);
  });
  return (i, t) => chosen[i]!.has(Math.floor(t / block));
}

// the same, in blocks; the last block of 301 tokens is short
function flexPrefillBlocks(h: number, trusted: boolean): (i: number, t: number) => boolean {
  const [block, gamma, least] = [32, 0.9, 2];
  const blocks = Math.ceil(tokens / block);
  const { columns, diagonals } = sums(lastWeights(h, block));
  const chosen = (weights: readonly number[], blockOf: (at: number) => number): number[] => {
    const ordered = [...weights].sort((a, b) => b - a).map((w) => w / block);
    const within = ordered.filter((_, at) => ordered.slice(0, at + 1).reduce((a, b) => a + b, 0) <= gamma);
    const count = trusted ? least : Math.max(least, Math.floor((within.length + 1) / 128) + 1);
    const pooled = range(blocks).map((b) => (b === 0 ? Infinity : 0));
    weights.forEach((w, at) => (pooled[blockOf(at)]! += w));
    return best(pooled, count);
  };
  const vertical = chosen(columns, (t) => Math.floor(t / block));
  const slash = chosen(diagonals, (d) => blocks - 1 - Math.floor((tokens - 1 - d) / block));
  const grid = range(blocks).map((i) =>
    range(blocks).map((b) => b <= i && (vertical.includes(b) || slash.includes(i - b))),
  );
  if (trusted) {
    const [queries, keys] = [listed(q, h), listed(k, kvHeadOf(h))];
    const pooled = (rows: number[][]): number[][] =>
      range(blocks).map((b) => mean(rows.slice(b * block, (b + 1) * block)));
    const [meanQueries, meanKeys] = [pooled(queries), pooled(keys)];
    const ranked = meanQueries
      .flatMap((query, i) =>
        softmax(meanKeys.slice(0, i + 1).map((key) => scale * dot(query, key))).map((w, b) => ({ i, b, w })),
      )
      .sort((a, b) => b.w - a.w);
    let sum = 0;
    for (const { i, b, w } of ranked) if ((sum += w) <= gamma * blocks) grid[i]![b] = true;
  }
  return (i, t) => grid[Math.floor(i / block)]![Math.floor(t / block)]!;
}

// mit-han-lab/x-attention e379887, xattn/src/Xattention.py: xattn_estimate; utils.py: find_blocks_chunked. Products of
// a query with a later key, which the source has within a strip, are left out here.
function xAttention(h: number, threshold: number): (i: number, t: number) => boolean {
  const [block, stride] = [32, 8];
  const [queries, keys] = [listed(q, h), listed(k, kvHeadOf(h))];
  const strips = Math.ceil(tokens / stride);
  const blocks = range(Math.ceil(tokens / block));
  const share = blocks.map(() => blocks.map(() => 0));
  for (let a = 0; a < strips; a++) {
    const logits = range(a + 1).map((b) =>
      range(stride).reduce((sum, c) => {
        const [i, t] = [a * stride + stride - 1 - c, b * stride + c];
        if (i >= tokens || t > i) return sum;
        return sum + (scale / stride) * dot(queries[i]!, keys[t]!);
      }, 0),
    );
    softmax(logits).forEach((w, b) => {
      share[Math.floor((a * stride) / block)]![Math.floor((b * stride) / block)]! += w;
    });
  }
  const chosen = share.map((row, own) => cover(row, threshold, own === 0 ? [0] : [0, own]));
  return (i, t) => chosen[Math.floor(i / block)]!.has(Math.floor(t / block));
}

describe("a whole prompt, against the sources", () => {
  it.each([
    ["a-shape(sinks=9,window=60)", () => aShape(9, 60)],
    [
      "tri-shape(sinks=9,window=60,last=30)",
      () => (i: number, t: number) => i >= tokens - 30 || aShape(9, 60)(i, t),
    ],
    ["vertical-slash(vertical=40,slash=110,observe=64,firstColumns=30,lastDiagonals=100)", verticalSlash],
    ["flexprefill(gamma=0.6,tau=0,block=32,unit=token)", (h: number) => flexPrefill(h, 0.6, false)],
    ["flexprefill(gamma=0.6,tau=1,block=32,unit=token)", (h: number) => flexPrefill(h, 0.6, true)],
    ["flexprefill(gamma=0.9,tau=0,block=32,minBudget=50)", (h: number) => flexPrefillBlocks(h, false)],
    ["flexprefill(gamma=0.9,tau=1,block=32,minBudget=50)", (h: number) => flexPrefillBlocks(h, true)],
    ["xattention(block=32,stride=8,threshold=0.7)", (h: number) => xAttention(h, 0.7)],
  ])("%s", (text, readsOf: (h: number) => (i: number, t: number) => boolean) => {
    const spec = parseSpec(text);
    const { output, phase, heads } = attendTensors({ q, k, v, spec, ops, compare: true });
    expect(phase).toBe("prefill");
    for (const h of range(queryHeads)) {
      const expected = attention(h, readsOf(h)).flat();
      const own = output.subarray(h * tokens * width, (h + 1) * tokens * width);
      expect(expected.reduce((most, x, at) => Math.max(most, Math.abs(x - own[at]!)), 0)).toBeLessThan(2e-5);
      // the pattern leaves something out: this is not dense attention
      expect(heads[h]!.denseMass).toBeLessThan(0.999);
      expect(heads[h]!.error).toBeGreaterThan(0.02);
    }
    const decoded = attendTensors({ q, k, v, spec, ops, compare: true, phase: "decode" });
    expect(decoded.heads.map(({ error }) => error)).toEqual(range(queryHeads).map(() => 0));
  });
});

describe("the phase", () => {
  const whole = { queries: 9, tokens: 9 };
  const last = { queries: 2, tokens: 9 };
  it.each([
    // a pattern of prefill; reads the prompt as it decodes; reads it densely; rounds after it
    ["a-shape", "prefill", "prefill"],
    ["dense", "prefill", "decode"],
    ["dsa+fp8", "prefill", "decode"],
    ["quest", "decode", "decode"],
    ["dense+kivi2", "decode", "decode"],
  ])("of %s is %s for a whole prompt and %s for its last queries", (text, ofWhole, ofLast) => {
    const spec = parseSpec(text);
    expect([phaseFor(spec, whole), phaseFor(spec, last)]).toEqual([ofWhole, ofLast]);
  });

  it("of quest as prefill is dense", () => {
    const spec = parseSpec("quest(budget=64,page=16)");
    const as = (phase: "prefill" | "decode"): (number | undefined)[] =>
      attendTensors({ q, k, v, spec, ops, compare: true, phase }).heads.map(({ error }) => error);
    expect(as("prefill")).toEqual(range(queryHeads).map(() => 0));
    expect(as("decode").every((error) => error! > 0.02)).toBe(true);
  });
});
