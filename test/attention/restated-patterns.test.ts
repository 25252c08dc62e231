import { describe, expect, it } from "vitest";
import { hash64 } from "../../src/core/random.ts";
import { zeros } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { best, dot, mean, plain, range, softmax, unit } from "./plain.ts";
import type { Plain } from "./plain.ts";

// Patterns of prefill, pruning, sampling and Fenwick states once more, in the plainest words, on one head.

/** Rows of a query, of several. */
const rowsOf = (p: Plain, i: number, name: string, params: object): number[] => {
  const head = p.run(name, { ...params }).heads[0]!;
  return range(p.cache.tokens).filter((t) => head.reads(i, t));
};

/** Column and diagonal sums of the weights of the prompt's last queries. */
function lines({ cache, keys, scale }: Plain, count: number): { columns: number[]; diagonals: number[] } {
  const last = cache.observed(count, true);
  const columns = range(cache.tokens).map(() => 0);
  const diagonals = [...columns];
  for (const i of range(count)) {
    const asked = range(8).map((c) => last.heads[0]!.get(i, c));
    const end = cache.tokens - count + i + 1;
    softmax(keys.slice(0, end).map((k) => scale * dot(asked, k))).forEach((w, t) => {
      columns[t]! += w;
      diagonals[end - 1 - t]! += w;
    });
  }
  return { columns, diagonals };
}

/** The fewest of the largest values, and those always taken, that reach a share of all. */
function cover(values: readonly number[], share: number, always: readonly number[]): number[] {
  const wanted = share * values.reduce((a, b) => a + b, 0);
  const chosen = [...always];
  const rest = range(values.length).filter((at) => !always.includes(at));
  rest.sort((a, b) => values[b]! - values[a]!);
  while (rest.length > 0 && chosen.reduce((sum, at) => sum + values[at]!, 0) < wanted)
    chosen.push(rest.shift()!);
  return chosen;
}

const union = (...lists: readonly number[][]): number[] => [...new Set(lists.flat())].sort((a, b) => a - b);

/** Columns and distances that a query at a position reads. */
const crossed = (columns: readonly number[], distances: readonly number[], position: number): number[] =>
  union(
    columns.filter((t) => t <= position),
    distances.map((d) => position - d).filter((t) => t >= 0),
  );

describe.each([101, 240])("with %i tokens", (tokens) => {
  const p = plain({ tokens, positions: [tokens - 1, 70] });
  const { q, keys, values, scale, cache } = p;

  // microsoft/MInference, vertical_and_slash_kernel
  it("vertical-slash reads the columns and diagonals of largest sum", () => {
    const { columns, diagonals } = lines(p, 16);
    const kept = best(
      columns.map((x, t) => (t < 3 ? Infinity : x)),
      12,
    );
    const slashes = best(
      diagonals.map((x, d) => (d < 5 ? Infinity : x)),
      20,
    );
    const params = { vertical: 12, slash: 20, observe: 16, firstColumns: 3, lastDiagonals: 5 };
    expect(rowsOf(p, 0, "vertical-slash", params)).toEqual(crossed(kept, slashes, tokens - 1));
    expect(rowsOf(p, 1, "vertical-slash", params)).toEqual(crossed(kept, slashes, 70));
  });

  // bytedance/FlexPrefill, get_active_blocks
  it("flexprefill covers gamma by lines where pooled keys are not trusted, else by blocks", () => {
    const { columns, diagonals } = lines(p, 16);
    for (const gamma of [0.3, 0.7]) {
      const always = range(16);
      const expected = crossed(cover(columns, gamma, always), cover(diagonals, gamma, always), 70);
      expect(rowsOf(p, 1, "flexprefill", { gamma, tau: 0, block: 16, unit: "token" })).toEqual(expected);
      const before = range(Math.floor((tokens - 1) / 16));
      const weights = softmax(
        before.map((b) => scale * dot(q, mean(unit(b, 16, tokens).map((t) => keys[t]!)))),
      );
      const blocks = union([0], cover(weights, gamma, []), [before.length]);
      expect(rowsOf(p, 0, "flexprefill", { gamma, tau: 1, block: 16, unit: "token" })).toEqual(
        blocks.flatMap((b) => unit(b, 16, tokens)),
      );
    }
  });

  it("flexprefill trusts pooled keys by the distance of their weights from the true ones", () => {
    const last = cache.observed(16, true);
    const asked = range(16).map((i) => range(8).map((c) => last.heads[0]!.get(i, c)));
    const blocks = range(Math.ceil(tokens / 16));
    const pooled = softmax(
      blocks.map((b) => scale * dot(mean(asked), mean(unit(b, 16, tokens).map((t) => keys[t]!)))),
    );
    const { columns } = lines(p, 16);
    const truth = blocks.map((b) => unit(b, 16, tokens).reduce((sum, t) => sum + columns[t]! / 16, 0));
    const to = (a: number[], b: number[]): number =>
      a.reduce((sum, x, i) => sum + x * Math.log(x / ((x + b[i]!) / 2)), 0);
    const distance = Math.sqrt((to(truth, pooled) + to(pooled, truth)) / 2);
    const read = (tau: number): number[] =>
      rowsOf(p, 1, "flexprefill", { gamma: 0.5, tau, block: 16, unit: "token" });
    expect(read(distance * 0.999)).toEqual(read(0));
    expect(read(distance * 1.001)).toEqual(read(1));
    expect(read(0)).not.toEqual(read(1));
  });

  // DeepAuto-AI/hip-attention, chunk_controllable_sampling_mask_cuda (middle); arXiv 2502.08910, algorithm 1 (first)
  it.each(["middle", "first"])(
    "infinite-hip prunes chunks by the largest %s key on the way down",
    (probe) => {
      const score = (t: number): number => dot(q, keys[t]!);
      const largest = (from: number, to: number): number => {
        if (to - from === 1) return score(from);
        const centre = (from + to) / 2;
        const probed = (a: number, b: number): number =>
          score(probe === "middle" ? Math.floor((a + b) / 2) : a);
        const [left, right] = [probed(from, centre), probed(centre, to)];
        if (to - from === 2) return Math.max(left, right);
        return left > right ? Math.max(left, largest(from, centre)) : Math.max(right, largest(centre, to));
      };
      const middle = Math.floor((tokens - 24) / 32) * 32;
      let starts = range(middle / 32).map((c) => 4 + 32 * c);
      let size = 32;
      for (const [chunk, keep] of [
        [32, 64],
        [4, 16],
        [1, 4],
      ] as const) {
        starts = starts.flatMap((start) => range(size / chunk).map((c) => start + c * chunk));
        size = chunk;
        starts = best(
          starts.map((start) => largest(start, start + chunk)),
          keep / chunk,
        ).map((i) => starts[i]!);
      }
      expect(rowsOf(p, 0, "infinite-hip", { chunk: 32, keep: 64, sinks: 4, window: 20, probe })).toEqual(
        union(
          range(4),
          starts,
          range(tokens).filter((t) => t >= 4 + middle),
        ),
      );
    },
  );

  // arXiv 2410.16179, section 4.3; Infini-AI-Lab/MagicPIG, cache_ref.py
  it("magicpig weighs what it samples by the inverse of its probability", () => {
    const [bits, tables, guard] = [3, 8, 0.01];
    const centre = mean(keys.slice(4, tokens - 10));
    const centred = keys.map((k) => k.map((x, c) => x - centre[c]!));
    const ops = referenceEngine();
    const planes = range(tables).map((l) => {
      const own = zeros(bits, 8);
      ops.fillNormal(own, hash64(`${cache.seed}/magicpig/0/${l}`));
      return range(bits).map((b) => range(8).map((c) => own.get(b, c)));
    });
    const code = (x: readonly number[], l: number): string =>
      planes[l]!.map((plane) => (dot(plane, x) > 0 ? "1" : "0")).join("");
    const isFixed = (t: number): boolean => t < 4 || t >= tokens - 10;
    const logits = centred.map((k, t) => {
      if (isFixed(t)) return scale * dot(q, keys[t]!);
      if (range(tables).filter((l) => code(k, l) === code(q, l)).length < 2) return -Infinity;
      const angle = Math.acos(dot(q, k) / (Math.hypot(...q) * Math.hypot(...k)));
      const table = (1 - angle / Math.PI) ** bits;
      const met = 1 - (1 - table) ** tables - tables * table * (1 - table) ** (tables - 1);
      return scale * dot(q, keys[t]!) - Math.log(met + guard);
    });
    const expected = softmax(logits);
    const head = p.run("magicpig", { bits, tables, sinks: 4, window: 10, guard }).heads[0]!;
    head.weights(0, range(tokens)).forEach((w, t) => expect(w).toBeCloseTo(expected[t]!, 5));
    range(8).forEach((c) => {
      expect(head.output.get(0, c)).toBeCloseTo(
        expected.reduce((sum, w, t) => sum + w * values[t]![c]!, 0),
        5,
      );
    });
    expect(logits.filter((z) => z > -Infinity).length).toBeLessThan(tokens);
  });

  // arXiv 2506.04761, section 3.1: b_0 = t, b_(i+1) = b_i - the lowest set bit of b_i
  it("log-linear attention weighs a state for each part of the Fenwick partition", () => {
    const length = (x: readonly number[]): number[] => x.map((y) => y / Math.hypot(...x));
    const t = tokens - 1;
    const expected = range(tokens).map(() => 0);
    expected[t] = dot(length(q), length(keys[t]!));
    for (let end = t; end > 0;) {
      const size = end & -end;
      for (let s = end - size; s < end; s++)
        expected[s] = 2 ** (-0.5 * Math.log2(size)) * dot(length(q), length(keys[s]!));
      end -= size;
    }
    const got = p.run("log-linear", { falloff: 0.5 }).heads[0]!.weights(0, range(tokens));
    got.forEach((w, s) => expect(w).toBeCloseTo(expected[s]!, 5));
  });
});

// mit-han-lab/x-attention, xattn_estimate and find_blocks_chunked
it.each([0.3, 0.6, 0.9])("xattention covers %f of the softmax of its strips", (threshold) => {
  const positions = range(16).map((i) => 224 + i);
  const p = plain({ tokens: 240, positions });
  const asked = range(16).map((i) => range(8).map((c) => p.queries.heads[0]!.get(i, c)));
  const sums = range(15).map(() => 0);
  for (const strip of range(4)) {
    const logits = range(57 + strip).map((b) =>
      range(4).reduce((sum, c) => {
        const [query, key] = [strip * 4 + 3 - c, b * 4 + c];
        return key > positions[query]! ? sum : sum + (p.scale / 4) * dot(asked[query]!, p.keys[key]!);
      }, 0),
    );
    softmax(logits).forEach((w, b) => (sums[Math.floor(b / 4)]! += w));
  }
  const blocks = union(cover(sums, threshold, [0, 14]));
  const expected = blocks.flatMap((b) => unit(b, 16, 240));
  for (const i of [0, 7, 15])
    expect(rowsOf(p, i, "xattention", { block: 16, stride: 4, threshold })).toEqual(
      expected.filter((t) => t <= positions[i]!),
    );
  expect(blocks.length).toBeLessThan(15);
});
