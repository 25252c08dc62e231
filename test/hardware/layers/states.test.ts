import { describe, expect, it } from "vitest";
import { from } from "../../../src/core/units.ts";
import { deltaLayer } from "../../../src/hardware/layers/delta.ts";
import type { DeltaAttention } from "../../../src/hardware/layers/delta.ts";
import { mambaLayer } from "../../../src/hardware/layers/mamba.ts";
import type { MambaAttention } from "../../../src/hardware/layers/mamba.ts";

const given = from({ title: "a config.json", url: "" });
const count = (value: number) => given(value, "1");

const lightning: DeltaAttention = {
  kind: "delta",
  rule: "lightning",
  queryHeads: count(16),
  valueHeads: count(32),
  keyDim: count(128),
  valueDim: count(128),
  stateElement: given(4, "B"),
};
/** The delta layers of Qwen3-Next: 16 heads of keys, 32 of values, all of 128; hidden states of 2,048. */
const delta: DeltaAttention = { ...lightning, rule: "gated-deltanet", convolution: count(4) };
/** The Mamba-2 layers of Nemotron-H: 128 heads of 64, 8 groups, states of 128; hidden states of 4,096. */
const mamba: MambaAttention = {
  kind: "mamba",
  heads: count(128),
  headDim: count(64),
  groups: count(8),
  stateDim: count(128),
  convolution: count(4),
  stateElement: given(4, "B"),
};
const sharing = (tp: number) => ({ tp, outputRanks: 1 });

describe("states of a layer for a sequence", () => {
  it("delta: 32 heads of 128 x 128 numbers of 4 B, and the last 3 inputs of 8,192 channels", () => {
    const layer = deltaLayer(delta);
    expect(layer.fixed).toEqual({ convolution: 3 * (2 * 16 * 128 + 32 * 128) * 4, state: 0 });
    expect(layer.shape(1000, "bf16")).toEqual({
      tokens: 1000,
      queryHeads: 16,
      kvHeads: 32,
      headDim: 128,
      valueDim: 128,
      bytesPerElement: 4,
    });
    expect(layer).toMatchObject({ kvHeads: 32, outputHeads: 32, outputWidth: 4096, reachesAll: false });
    expect(layer.rowBytes("bf16")).toBe(0);
  });

  it("lightning: no convolution", () => {
    expect(deltaLayer(lightning).fixed).toBeUndefined();
  });

  it("Mamba-2: 128 heads of 128 x 64 numbers, and the last 3 inputs of the heads' channels and those of B and C", () => {
    const layer = mambaLayer(mamba);
    expect(layer.fixed).toEqual({ convolution: 3 * (8192 + 2 * 8 * 128) * 4, state: 0 });
    expect(layer.shape(7, "bf16")).toEqual({
      tokens: 7,
      queryHeads: 128,
      kvHeads: 128,
      headDim: 128,
      valueDim: 64,
      bytesPerElement: 4,
    });
  });

  it("Mamba: the heads' channels alone", () => {
    expect(mambaLayer({ ...mamba, stepRank: count(256) }).fixed).toEqual({
      convolution: 3 * 8192 * 4,
      state: 0,
    });
  });
});

describe("matrices of a GPU", () => {
  const [keys, values] = [16 * 128, 32 * 128];

  it("gated delta rule: queries, keys, values and strengths; gate; a decay for each head; output", () => {
    expect(deltaLayer(delta).matrices(2048, sharing(1))).toEqual([
      [2048, 2 * keys + values + 32],
      [2048, values],
      [2048, 32],
      [values, 2048],
      [4, 2 * keys + values],
    ]);
    expect(deltaLayer(delta).matrices(2048, sharing(4))).toEqual([
      [2048, (2 * keys + values + 32) / 4],
      [2048, values / 4],
      [2048, 8],
      [values / 4, 2048],
      [4, (2 * keys + values) / 4],
    ]);
  });

  it("KDA: a gate through a rank, and decays for each channel through one head's width or in one step", () => {
    const kda: DeltaAttention = { ...delta, rule: "kda", gateRank: count(128) };
    const gated = [
      [2048, 2 * keys + values + 32],
      [2048, 128],
      [128, values],
    ];
    const rest = [
      [values, 2048],
      [4, 2 * keys + values],
    ];
    const through = [
      [2048, 128],
      [128, keys],
    ];
    expect(deltaLayer(kda).matrices(2048, sharing(1))).toEqual([...gated, ...through, ...rest]);
    expect(deltaLayer({ ...kda, fullDecays: true }).matrices(2048, sharing(1))).toEqual([
      ...gated,
      [2048, keys],
      ...rest,
    ]);
  });

  it("lightning: neither strengths nor decays", () => {
    expect(deltaLayer(lightning).matrices(2048, sharing(1))).toEqual([
      [2048, 2 * keys + values],
      [2048, values],
      [values, 2048],
    ]);
  });

  it("Mamba-2: more GPUs than groups each have one group whole", () => {
    expect(mambaLayer(mamba).matrices(4096, sharing(1))).toEqual([
      [4096, 2 * 8192 + 2 * 8 * 128 + 128],
      [8192, 4096],
      [4, 8192 + 2 * 8 * 128],
    ]);
    expect(mambaLayer(mamba).matrices(4096, sharing(16))).toEqual([
      [4096, 2 * 512 + 2 * 128 + 8],
      [512, 4096],
      [4, 512 + 2 * 128],
    ]);
  });

  it("Mamba: B, C and steps from the channels, steps through a rank, and a decay for each number of the state", () => {
    const first = { ...mamba, heads: count(8192), headDim: count(1), stepRank: count(256) };
    expect(mambaLayer(first).matrices(4096, sharing(2))).toEqual([
      [4096, 2 * 4096],
      [4096, 256 + 2 * 128],
      [256, 4096],
      [4096, 4096],
      [4, 4096],
      [128, 4096],
    ]);
  });
});
