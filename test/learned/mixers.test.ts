import { beforeAll, describe, expect, it } from "vitest";
import { attendTensors } from "../../src/attention/attend-tensors.ts";
import "../../src/attention/all.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { Random } from "../../src/core/random.ts";
import { tensor } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { loadAutograd } from "../../src/learned/autograd.ts";
import type { Autograd } from "../../src/learned/autograd.ts";
import { mixOf } from "../../src/learned/mixers/all.ts";
import { mixerNames } from "../../src/learned/shape.ts";
import { plainMix } from "./plain.ts";
import type { PlainOperands } from "./plain.ts";

let tf: Autograd;
beforeAll(async () => {
  tf = await loadAutograd("wasm");
}, 120_000);

const [tokens, d, window] = [13, 4, 5];

/** Random operands of one head. */
function drawn(seed: number): PlainOperands {
  const random = new Random(seed);
  const numbers = (count: number, draw: () => number): Float64Array =>
    Float64Array.from({ length: count }, () => Math.fround(draw()));
  return {
    q: numbers(tokens * d, () => 2 * random.normal()),
    k: numbers(tokens * d, () => random.normal()),
    v: numbers(tokens * d, () => random.normal()),
    logDecay: numbers(tokens, () => -random.uniform()),
    strength: numbers(tokens, () => random.uniform()),
  };
}

const names = ["q", "k", "v", "logDecay", "strength"] as const;

const tensorsOf = (given: PlainOperands): Parameters<ReturnType<typeof mixOf>>[1] => {
  const of = (name: (typeof names)[number]): ReturnType<Autograd["tensor"]> =>
    tf.tensor(
      Float32Array.from(given[name]),
      given[name].length === tokens ? [1, 1, tokens] : [1, 1, tokens, d],
    );
  return { q: of("q"), k: of("k"), v: of("v"), logDecay: of("logDecay"), strength: of("strength") };
};

const mixed = (mixer: (typeof mixerNames)[number], given: PlainOperands): ArrayLike<number> =>
  mixOf(mixer, { window })(tf, tensorsOf(given)).dataSync();

/** Largest difference between two lists. */
const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));

describe("the forward pass of a mixer", () => {
  it.each([
    ["dense", "dense"],
    ["window", `sink-window(sinks=0,window=${window})`],
    ["linear", "linear"],
    ["gated-delta", "gated-deltanet(strength=0.7,halfLife=9)"],
  ] as const)("of %s is that of the variant %s", (mixer, variant) => {
    const given = drawn(1);
    given.logDecay.fill(Math.log(2 ** (-1 / 9)));
    given.strength.fill(0.7);
    const head = (x: Float64Array): ReturnType<typeof tensor> => tensor(Float32Array.from(x), [1, tokens, d]);
    const { output } = attendTensors({
      q: head(given.q),
      k: head(given.k),
      v: head(given.v),
      spec: parseSpec(variant),
      ops: referenceEngine(),
      compare: false,
      phase: "prefill",
    });
    expect(output.length).toBe(tokens * d);
    expect(gap(mixed(mixer, given), output)).toBeLessThan(2e-6);
  });

  it.each(mixerNames)("of %s is its recurrence in float64", (mixer) => {
    const given = drawn(2);
    expect(gap(mixed(mixer, given), plainMix(mixer, given, { tokens, d, window }))).toBeLessThan(5e-6);
  });

  it("of gated-delta keeps its digits when all keys are alike", () => {
    const given = drawn(3);
    for (let t = 1; t < tokens; t++) given.k.copyWithin(t * d, 0, d);
    given.strength.fill(0.99);
    expect(
      gap(mixed("gated-delta", given), plainMix("gated-delta", given, { tokens, d, window })),
    ).toBeLessThan(5e-6);
  });
});

describe("the gradients of a mixer", () => {
  it.each(mixerNames)("of %s are finite differences of its recurrence in float64", (mixer) => {
    const given = drawn(4);
    const weights = Float64Array.from({ length: tokens * d }, (_, i) => Math.fround(Math.sin(i)));
    const plain = (operands: PlainOperands): number =>
      plainMix(mixer, operands, { tokens, d, window }).reduce((sum, x, i) => sum + weights[i]! * x, 0);
    const used = mixer === "gated-delta" ? names : names.slice(0, 3);
    const tensors = tensorsOf(given);
    const found = tf.grads((...operands) => {
      const named = Object.fromEntries(used.map((name, i) => [name, operands[i]!]));
      const out = mixOf(mixer, { window })(tf, { ...tensors, ...named });
      return tf.sum(tf.mul(out, tf.tensor(Float32Array.from(weights), out.shape)));
    })(used.map((name) => tensors[name]!));
    const step = 1e-5;
    used.forEach((name, which) => {
      const moved = (i: number, by: number): number => {
        const numbers = given[name].slice();
        numbers[i]! += by;
        return plain({ ...given, [name]: numbers });
      };
      const differences = Array.from(given[name], (_, i) => (moved(i, step) - moved(i, -step)) / (2 * step));
      expect(Math.max(...differences.map(Math.abs))).toBeGreaterThan(0.1);
      expect(gap(found[which]!.dataSync(), differences)).toBeLessThan(2e-5);
    });
  });
});
