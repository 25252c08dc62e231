import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { attender } from "../../src/attention/attender.ts";
import { dense } from "../../src/attention/variants/dense/dense.ts";
import { shapings, variants } from "../../src/attention/registry.ts";
import { parseShaping } from "../../src/attention/spec.ts";
import type { AnyVariant } from "../../src/attention/variant.ts";
import type { AttentionResult } from "../../src/attention/read.ts";
import { resolveParams } from "../../src/core/params.ts";
import type { AnyParams } from "../../src/core/params.ts";
import { flat, rowNumbers, rowsOf } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { counting } from "../../src/engines/counting.ts";
import type { Ops } from "../../src/engines/ops.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { costDifferences, smallSettings } from "./cost-law.ts";
import { engines } from "./engines.ts";
import { clearWorlds, world } from "./fixtures.ts";
import type { World } from "./fixtures.ts";

function run(
  variant: AnyVariant,
  params: AnyParams,
  ops: Ops,
  shape: World,
  shaping = "none",
): AttentionResult {
  const { cache, queries } = world(ops, shape);
  // the laws are of the variant itself, whichever phase it is for
  const own: AnyVariant = { ...variant, prefill: "same" };
  return attender({ variant: own, params, shaping: parseShaping(shaping) }, cache, ops)(queries);
}

const convexShapings = [...shapings]
  .filter(({ notConvex }) => notConvex === undefined)
  .map(({ name }) => name);

const closeTo = (got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void => {
  expect(got.length).toBe(expected.length);
  const worst = Math.max(...Array.from(got, (x, i) => Math.abs(x - expected[i]!)));
  expect(worst).toBeLessThanOrEqual(tolerance);
};

const reference = referenceEngine();

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe.each(engines)("attention variants on %s", (_name, makeEngine, tolerance) => {
  const ops = makeEngine();
  const counted = counting(ops);
  const poisoned = poison(ops);
  beforeEach(() => {
    for (const each of [ops, counted, poisoned, reference]) clearWorlds(each);
  });
  afterAll(() => ops.close());

  describe.each(variants.names())("%s", (name) => {
    const variant = variants.get(name);

    it.runIf(variant.denseAt)("is dense attention at denseAt", () => {
      for (const tokens of [1, 2, 63, 65, 301]) {
        const shape = {
          tokens,
          group: 2,
          positions: [tokens - 1, Math.floor(tokens / 2)],
          observedEnd: tokens - 1,
        };
        const step = { tokens, queryHeads: 4, kvHeads: 2, headDim: 16, bytesPerElement: 2 };
        const params = resolveParams(name, variant.params, variant.denseAt!(step));
        const got = run(variant, params, ops, shape);
        const expected = run(dense, {}, ops, shape);
        for (const h of [0, 1])
          closeTo(flat(got.heads[h]!.output), flat(expected.heads[h]!.output), tolerance);
      }
    });

    it
      .skipIf(variant.notConvex)
      .each(variant.refuses?.logitShaping === undefined ? convexShapings : ["none"])(
      "weighs values convexly, logits shaped by %s",
      (shaping) => {
        const shape = { tokens: 301, group: 2, positions: [300, 190, 290], observedEnd: 150 };
        const { cache } = world(ops, shape);
        const result = run(variant, smallSettings(variant), ops, shape, shaping);
        const rows = range(shape.tokens);
        for (const [h, head] of result.heads.entries())
          for (const i of range(6)) {
            const weights = head.weights(i, rows);
            const total = weights.reduce((a, b) => a + b, 0);
            expect(weights.every((weight) => weight >= 0)).toBe(true);
            if (variant.sinks ?? shapings.get(shaping).sinks) expect(total).toBeLessThan(1 + tolerance);
            else expect(Math.abs(total - 1)).toBeLessThan(tolerance);
            expect(
              rows
                .filter((row) => row > shape.positions[Math.floor(i / 2)]!)
                .every((row) => weights[row] === 0),
            ).toBe(true);
            const values = cache.heads[h]!.values.tensor;
            const rebuilt = range(16).map((c) =>
              weights.reduce((sum, w, row) => sum + w * rowNumbers(values, row)[c]!, 0),
            );
            closeTo(flat(rowsOf(head.output, i, i + 1)), rebuilt, tolerance);
            expect(head.tokensRead(i)).toBeGreaterThan(0);
            expect(rows.filter((row) => head.reads(i, row)).length).toBeLessThanOrEqual(head.tokensRead(i));
            // what a query reads it weighs, unless the weight underflows
            expect(rows.some((row) => head.reads(i, row) && weights[row]! > 0)).toBe(true);
            expect(head.entropy(i)).toBeGreaterThanOrEqual(0);
          }
      },
    );

    it.skipIf(variant.notConvex)("knows the entropy of its weights", () => {
      const head = run(variant, smallSettings(variant), ops, { tokens: 301 }).heads[0]!;
      const weights = head.weights(0, range(301)).filter((weight) => weight > 0);
      const entropy = -weights.reduce((sum, p) => sum + p * Math.log(p), 0);
      // reads that overlap, and summaries, are counted apart
      const apart = weights.length > range(301).filter((row) => head.reads(0, row)).length;
      if (apart) expect(Math.abs(head.entropy(0) - entropy)).toBeLessThan(1);
      else expect(head.entropy(0)).toBeCloseTo(entropy, 4);
    });

    it("never looks at later keys or values", () => {
      const shape = { tokens: 301, positions: [203, 180], observedEnd: 150 };
      const expected = run(variant, smallSettings(variant), ops, shape);
      const got = run(variant, smallSettings(variant), ops, { ...shape, alteredFrom: 204 });
      for (const [h, head] of got.heads.entries()) {
        expect(flat(head.output)).toEqual(flat(expected.heads[h]!.output));
        expect(range(301).filter((row) => head.reads(0, row))).toEqual(
          range(301).filter((row) => expected.heads[h]!.reads(0, row)),
        );
      }
    });

    // a plan's cost is the mean of its layers'
    it.skipIf(variant.layers)("costs what counting counts", () => {
      const differences = costDifferences(variant, counted);
      expect(differences, differences[0]).toEqual([]);
    });

    it("agrees with the reference engine", () => {
      const shape = {
        tokens: 301,
        group: 2,
        positions: [300, 190, 290],
        needles: [20, 150],
        observedEnd: 150,
      };
      const shaped = variant.refuses?.logitShaping === undefined ? ["log-n", "sink"] : [];
      for (const shaping of ["none", ...shaped]) {
        const got = run(variant, smallSettings(variant), ops, shape, shaping);
        const expected = run(variant, smallSettings(variant), reference, shape, shaping);
        for (const [h, head] of got.heads.entries()) {
          closeTo(flat(head.output), flat(expected.heads[h]!.output), tolerance);
          closeTo(head.weights(0, range(301)), expected.heads[h]!.weights(0, range(301)), tolerance);
        }
      }
    });

    it("leaves no trace of what memory held before", () => {
      const shape = { tokens: 301, positions: [300, 12], observedEnd: 150 };
      const expected = run(variant, smallSettings(variant), ops, shape);
      const got = run(variant, smallSettings(variant), poisoned, shape);
      for (const [h, head] of got.heads.entries())
        expect(flat(head.output)).toEqual(flat(expected.heads[h]!.output));
    });
  });
});

/** The same engine, whose memory is full of NaN wherever something was not written. */
function poison(ops: Ops): Ops {
  return {
    // closures over the engine, which a spread keeps
    ...counting(ops),
    space(label) {
      const space = ops.space(label);
      const taken = (shape: number[]): Tensor => {
        const own = space.empty(...shape);
        flat(own).fill(NaN);
        return own;
      };
      space.scoped(() => taken([2 ** 20]));
      return {
        empty: (...shape) => taken(shape),
        bytes: (length) => space.bytes(length).fill(0xff),
        scoped: (work) => space.scoped(work),
        clear: () => space.clear(),
      };
    },
  };
}

describe.each([...variants])("the entry $name", (variant) => {
  it("says what it is and where it comes from", () => {
    expect(variant.summary.length).toBeGreaterThan(10);
    expect(variant.formula).toMatch(/softmax|attention|state/);
    expect(variant.sources.length).toBeGreaterThan(0);
    for (const { title, url } of variant.sources) {
      expect(title).not.toBe("");
      expect(url).toMatch(/^https:\/\//);
    }
    for (const spec of Object.values(variant.params)) expect(spec.doc).not.toBe("");
    if (variant.budgetParam) expect(Object.keys(variant.params)).toContain(variant.budgetParam);
  });

  it("refuses parameters out of range: name, got, allowed", () => {
    for (const [param, spec] of Object.entries(variant.params)) {
      if (spec.kind !== "int" && spec.kind !== "real") continue;
      expect(() => resolveParams(variant.name, variant.params, { [param]: spec.min - 1 })).toThrow(
        `${variant.name}: ${param} must be `,
      );
      expect(() => resolveParams(variant.name, variant.params, { [param]: spec.min - 1 })).toThrow(
        `got ${spec.min - 1}`,
      );
    }
  });

  it("costs no less with a larger budget parameter", () => {
    const { budgetParam } = variant;
    if (!budgetParam) return;
    const shape = { tokens: 2 ** 20, queryHeads: 8, kvHeads: 8, headDim: 128, bytesPerElement: 2 };
    const costs = [1, 4, 64, 128, 1024, 65536].map((value) =>
      variant.cost(shape, resolveParams(variant.name, variant.params, { [budgetParam]: value })),
    );
    for (const [i, cost] of costs.entries()) {
      if (i === 0) continue;
      const before = costs[i - 1]!;
      expect(cost.kvReadBytes).toBeGreaterThanOrEqual(before.kvReadBytes);
      expect(cost.keptBytes).toBeGreaterThanOrEqual(before.keptBytes);
    }
    expect(costs.at(-1)!.kvReadBytes).toBeGreaterThan(costs[0]!.kvReadBytes);
  });
});
