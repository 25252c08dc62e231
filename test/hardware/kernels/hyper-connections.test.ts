import { describe, expect, it } from "vitest";
import {
  hyperConnectionMatrices,
  hyperConnections,
} from "../../../src/hardware/kernels/hyper-connections.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import { attentionLayer } from "../../../src/hardware/layers/attention.ts";
import type { AttentionGroup } from "../../../src/hardware/layers/attention.ts";
import { unshared, weightsIn } from "../../../src/hardware/layers/layer.ts";
import type { Model } from "../../../src/hardware/model.ts";
import { deepseekV4Pro } from "../../../src/hardware/models/deepseek-v4-pro.ts";
import { parametersOf } from "../../../src/hardware/parameters.ts";
import { gb200Nvl72 } from "../../../src/hardware/systems/gb200-nvl72.ts";

const machine = machineOf(gb200Nvl72);
const ideal = machineOf(gb200Nvl72, "ideal");
const pro = { hidden: 7168, streams: 4 };

describe("hyper-connections of DeepSeek-V4-Pro", () => {
  it("have two matrices a layer, from 4 x 7168 numbers to 4 + 4 + 16 weights", () => {
    expect(hyperConnectionMatrices(7168, 4)).toEqual([
      [28_672, 24],
      [28_672, 24],
    ]);
    const groups = deepseekV4Pro.attention.map((group) => {
      const { streams, ...rest } = group as AttentionGroup & { streams?: unknown };
      expect(streams).toBeDefined();
      return rest;
    });
    const plain = { ...deepseekV4Pro, attention: groups as unknown as Model["attention"] };
    expect(parametersOf(deepseekV4Pro).total - parametersOf(plain).total).toBe(61 * 2 * 28_672 * 24);
  });

  it("take 29 us a layer for few tokens, as measured", () => {
    const { seconds, weights } = hyperConnections(machine, { ...pro, tokens: 1 });
    expect(Math.abs(seconds / 29.2e-6 - 1)).toBeLessThan(0.15);
    expect(weights).toBe(2 * 28_672 * 24);
  });

  it("read their streams, and write them, at most at HBM bandwidth", () => {
    const { seconds, bytes } = hyperConnections(ideal, { ...pro, tokens: 65_536 });
    // each half reads the streams twice, writes them once, and writes and reads its own input and output
    expect(bytes).toBe(2 * 65_536 * (3 * 4 + 2) * 7168 * 2 + 4 * 2 * 28_672 * 24);
    expect(seconds).toBeCloseTo(bytes / gb200Nvl72.gpu.hbmBandwidth.value, 12);
  });

  it("are in every layer's matrices and time, in decode and prefill", () => {
    for (const group of deepseekV4Pro.attention) {
      const layer = attentionLayer(group);
      const rank = { machine, hidden: 7168, weights: "fp8-block", kvDtype: "fp8", ...unshared } as const;
      for (const [phase, newTokens] of [
        ["decode", 1],
        ["prefill", 4096],
      ] as const) {
        const part = { phase, sequences: 1, newTokens, cachedTokens: 8192 };
        const [module, connections] = layer.time(rank, part).parts;
        expect(connections!.seconds).toBe(hyperConnections(machine, { ...pro, tokens: newTokens }).seconds);
        expect(module!.weights + connections!.weights).toBe(weightsIn(layer.matrices(7168, unshared)));
      }
    }
  });
});
