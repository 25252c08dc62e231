import { afterAll, describe, expect, it } from "vitest";
import { attendTensors } from "../../src/attention/attend-tensors.ts";
import { magnitudesOf } from "../../src/attention/finite.ts";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import type { PlainTensors } from "../../src/attention/tensors.ts";
import { hash64 } from "../../src/core/random.ts";
import { flat, tensor, zeros } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { needsReader } from "./fixtures.ts";

const reference = referenceEngine();
const wasm = await loadEngine("wasm", { threads: 1 });
afterAll(() => wasm.close());

function normal(name: string, shape: readonly [number, number, number], factor = 1): Tensor {
  const rows = zeros(shape[0] * shape[1], shape[2]);
  reference.fillNormal(rows, hash64(name));
  return tensor(
    flat(rows).map((x) => factor * x),
    shape,
  );
}

const plain = (factors: { q?: number; k?: number; v?: number } = {}): PlainTensors => ({
  q: normal("q", [4, 3, 16], factors.q),
  k: normal("k", [2, 200, 16], factors.k),
  v: normal("v", [2, 200, 16], factors.v),
});

describe("numbers that are not finite", () => {
  it.each([
    ["q", NaN, 3, 2, 15, "q holds NaN at head 3, row 2, column 15; allowed: finite numbers"],
    ["k", NaN, 1, 199, 0, "k holds NaN at head 1, row 199, column 0"],
    ["k", Infinity, 0, 0, 0, "k holds Infinity or a number beyond float32 at head 0, row 0, column 0"],
    ["v", -Infinity, 1, 7, 3, "v holds -Infinity or a number beyond float32 at head 1, row 7, column 3"],
    ["v", 1e300, 0, 7, 3, "v holds Infinity or a number beyond float32 at head 0, row 7, column 3"],
  ] as const)("are refused in %s: %d", (name, number, h, row, column, message) => {
    const tensors = plain();
    const all = tensors[name] as Tensor;
    const wide = tensor(Float64Array.from(flat(all)), all.shape);
    wide.set(h, row, column, number);
    for (const ops of [reference, wasm]) {
      const asked = { ...tensors, [name]: wide, spec: parseSpec("dense"), ops, compare: true };
      expect(() => attendTensors(asked)).toThrow(message);
    }
  });

  it("are looked for in every part of a long head", () => {
    const k = normal("k", [1, 70_000, 16]);
    k.set(0, 69_999, 5, NaN);
    const v = zeros(1, 70_000, 16);
    expect(() => magnitudesOf({ q: normal("q", [1, 1, 16]), k, v })).toThrow(
      "k holds NaN at head 0, row 69999, column 5",
    );
  });
});

it("bounds logits by the longest query and key, and values", () => {
  const row = (...numbers: number[]): Tensor => tensor(Float32Array.from(numbers), [1, 2, 2]);
  // lengths 5 and 1, 2 and 13
  const [q, k] = [row(3, 4, 0, 1), row(2, 0, 5, -12)];
  const { logit, value } = magnitudesOf({ q, k, v: q });
  expect([logit, value]).toEqual([expect.closeTo((5 * 13) / Math.sqrt(2), 12), 5]);
  expect(magnitudesOf({ q, k, v: q }, 0.1).logit).toBeCloseTo(6.5, 12);
});

it("refuses an output that the dtype makes infinite", () => {
  // the largest float32 numbers round to infinity in bf16
  const v = normal("v", [2, 200, 16]);
  for (const h of [0, 1]) for (let t = 0; t < 200; t++) v.set(h, t, 3, 3.4e38);
  const asked = { ...plain(), v, spec: parseSpec("dense+bf16"), ops: wasm, compare: true };
  expect(() => attendTensors(asked)).toThrow(/the output is Infinity at head 0, row 0, column 3: .* dtype/);
});

describe.each(variants.names().filter((name) => !needsReader.includes(name)))(
  "%s on extreme numbers",
  (name) => {
    const { small, refuses } = variants.get(name);
    const params = Object.entries(small).map(([key, value]) => `${key}=${String(value)}`);
    const text = params.length === 0 ? name : `${name}(${params.join(",")})`;

    it.each([
      ["logits of 1e6, by queries", plain({ q: 1e6 }), true],
      ["logits of 1e6, by keys", plain({ k: 1e6 }), true],
      ["logits beyond float32", plain({ q: 1e20, k: 1e20 }), true],
      ["values whose sum is beyond float32", plain({ v: 1e37 }), true],
      ["keys of 0", plain({ k: 0 }), false],
      ["values of 0", plain({ v: 0 }), false],
    ] as const)(
      "%s: has finite results, and those of the reference engine beyond float32",
      (_, tensors, exact) => {
        const spec = parseSpec(text);
        const got = attendTensors({ ...tensors, spec, ops: wasm, compare: true });
        const wanted = attendTensors({ ...tensors, spec, ops: reference, compare: true });
        expect(got.engine).toBe(exact ? "reference" : "wasm");
        expect(got.output.every(Number.isFinite)).toBe(true);
        got.heads.forEach(({ denseMass, error }, h) => {
          expect(denseMass).toBeGreaterThanOrEqual(0);
          expect(denseMass).toBeLessThanOrEqual(1);
          if (exact) expect(denseMass).toBe(wanted.heads[h]!.denseMass);
          expect(error).not.toBeNaN();
        });
        if (exact) expect(got.output).toEqual(wanted.output);
      },
    );

    it.skipIf(refuses?.kvDtype !== undefined).each(["fp8", "nvfp4", "kivi2"])("of 0 are 0 in %s", (dtype) => {
      const { output } = attendTensors({
        ...plain({ v: 0 }),
        spec: parseSpec(`${text}+${dtype}`),
        ops: wasm,
        compare: false,
      });
      expect(output.every((x) => x === 0)).toBe(true);
    });
  },
);

describe("numbers that are not finite and are allowed", () => {
  const given: PlainTensors = {
    q: normal("q", [4, 3, 16]),
    k: normal("k", [2, 70, 16]),
    v: normal("v", [2, 70, 16]),
  };
  const withNumber = (name: "q" | "k" | "v", number: number): PlainTensors => {
    const all = tensor(flat(given[name] as Tensor).slice(), given[name].shape);
    all.set(1, 2, 3, number);
    return { ...given, [name]: all };
  };
  const own = [...variants].filter((variant) => !needsReader.includes(variant.name));

  it.each(own.map(({ name }) => name))("%s gives the same on every engine, and throws nothing", (name) => {
    const spec = parseSpec(name);
    for (const [tensorName, number] of [
      ["q", NaN],
      ["k", NaN],
      ["k", Infinity],
      ["v", -Infinity],
    ] as const) {
      const asked = { ...withNumber(tensorName, number), spec, compare: true, allowNonfinite: true };
      const [got, truth] = [wasm, reference].map((ops) => attendTensors({ ...asked, ops }));
      expect(got!.engine).toBe("reference");
      expect(got).toEqual(truth);
    }
  });

  it("leaves rows without them as they are", () => {
    const asked = { spec: parseSpec("dense"), compare: false, ops: wasm };
    const clean = attendTensors({ ...given, ...asked }).output;
    const { output } = attendTensors({ ...withNumber("q", NaN), ...asked, allowNonfinite: true });
    const changed = [...output].flatMap((x, i) => (Number.isNaN(x) ? [Math.floor(i / 16)] : []));
    expect(new Set(changed)).toEqual(new Set([1 * 3 + 2]));
    output.forEach((x, i) => {
      if (!Number.isNaN(x)) expect(x).toBeCloseTo(clean[i]!, 4);
    });
  });
});
