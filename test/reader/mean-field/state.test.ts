import { describe, expect, it } from "vitest";
import { variants } from "../../../src/attention/registry.ts";
import type { Crowd } from "../../../src/attention/mean-field/crowd.ts";
import type { FixedRead, MeanFieldRead } from "../../../src/attention/mean-field/reads.ts";
import { resolveParams } from "../../../src/core/params.ts";
import { mean, variance } from "../../../src/core/stats.ts";
import { flat } from "../../../src/core/tensor.ts";
import type { Tensor } from "../../../src/core/tensor.ts";
import { referenceEngine } from "../../../src/engines/reference/engine.ts";
import { world } from "../../attention/fixtures.ts";

// The part of a record that a state still holds, by distance, and the sum that all other tokens add to its output. In walks of
// thousands of tokens that is next to nothing, whatever the mean field says; here it is most of what was written.

const [tokens, headDim, kvHeads, fidelity] = [192, 64, 2, 0.9];
const asked = Array.from({ length: tokens }, (_, t) => t);
const bands = [0, 8, 24, 64, 128, tokens];

/**
 * A query for every token, all of them at the end. First no token's key has to do with any: mean squares of outputs. Then
 * each has the direction of its own query, as far as fidelity goes: its weights, in all heads and worlds.
 */
function measured(name: string, given: object): { weights: number[][]; noise: number } {
  const ops = referenceEngine();
  const variant = variants.get(name);
  const params = resolveParams(name, variant.params, { ...given });
  const weights: number[][] = asked.map(() => []);
  const squares: number[] = [];
  for (let index = 0; index < 6; index++) {
    const { cache, queries } = world(ops, {
      tokens,
      headDim,
      kvHeads,
      seed: `state/${index}`,
      positions: asked.map(() => tokens - 1),
    });
    const attend = () =>
      variant.attend({ queries, cache, index: variant.prepare(cache, params, ops), ops }, params).heads;
    for (const { output } of attend()) squares.push(mean(flat(output).map((x) => x * x)));
    cache.heads.forEach(({ keys }, h) => {
      const own = flat(keys.tensor as Tensor);
      const codes = flat(queries.heads[h]!);
      for (let i = 0; i < own.length; i++)
        own[i] = fidelity * codes[i]! + Math.sqrt(1 - fidelity ** 2) * own[i]!;
    });
    for (const head of attend()) for (const t of asked) weights[t]!.push(head.weights(t, [t])[0]!);
  }
  return { weights, noise: mean(squares) };
}

const crowd: Crowd = {
  tokens,
  tail: 0,
  headDim,
  kvHeads,
  sharpness: 1.25,
  fidelity,
  coherence: 0,
  recordTokens: 1,
  gap: 0,
  recordShare: 0,
  matches: 1,
  run: 1,
  like: [],
  asking: 0,
  asked: false,
};

/** Weight of a token and noise as the mean field expects them: means over heads. */
function expected(name: string, given: object): { weight: (t: number) => number; noise: number } {
  const variant = variants.get(name);
  const readings = variant.meanField!(crowd, resolveParams(name, variant.params, { ...given }));
  const ofHeads = Array.from({ length: kvHeads }, (_, h) => {
    const own = readings.find(({ heads: [from, to] = [0, Infinity] }: MeanFieldRead) => h >= from && h < to);
    return own as FixedRead;
  });
  return {
    weight: (t) =>
      mean(
        ofHeads.map(
          ({ weights }) => weights([{ distance: tokens - 1 - t, kin: 0, offset: 0, order: 0 }])[0]!,
        ),
      ),
    noise: mean(ofHeads.map(({ noise }) => noise ** 2)),
  };
}

const cases = [
  ["linear", {}],
  ["linear", { decay: "slopes" }],
  ["log-linear", {}],
  ["gated-deltanet", {}],
  ["gated-deltanet", { strength: 0.4, halfLife: 100 }],
  ["kda", { shortest: 20, longest: 500 }],
] as const;

describe.each(cases)("the mean field of %s %o", (name, params) => {
  const { weights, noise } = measured(name, params);
  const meanField = expected(name, params);

  it("weights fall with distance as in the numerics", () => {
    for (let b = 1; b < bands.length; b++) {
      const band = asked.filter((t) => tokens - 1 - t >= bands[b - 1]! && tokens - 1 - t < bands[b]!);
      const drawn = band.flatMap((t) => weights[t]!);
      const off = Math.abs(mean(drawn) - mean(band.map(meanField.weight)));
      expect(off).toBeLessThan(3.5 * Math.sqrt(variance(drawn) / drawn.length) + 0.01);
    }
  });

  it("everything else adds as much to the output", () => {
    expect(Math.abs(noise / meanField.noise - 1)).toBeLessThan(0.05);
  });
});
