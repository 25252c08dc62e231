import { describe, expect, it } from "vitest";
import { gqaDecode } from "../../../src/hardware/kernels/gqa.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import type { Machine } from "../../../src/hardware/kernels/machine.ts";
import { mlaDecode } from "../../../src/hardware/kernels/mla.ts";
import { gb200Nvl72 } from "../../../src/hardware/systems/gb200-nvl72.ts";
import { gb300Nvl72 } from "../../../src/hardware/systems/gb300-nvl72.ts";

const machine = machineOf(gb200Nvl72);
const machines = [gb200Nvl72, gb300Nvl72].map((system) => machineOf(system));

/** One token of one sequence. */
const kernels = {
  "16 query and 2 kv heads": (on: Machine, contextTokens: number) =>
    gqaDecode(on, {
      requests: 1,
      contextTokens,
      queryHeads: 16,
      kvHeads: 2,
      headDim: 128,
      kvDtype: "fp8",
    }),
  "128 heads of latent attention": (on: Machine, contextTokens: number) =>
    mlaDecode(on, { requests: 1, contextTokens, queryHeads: 128, kvDtype: "fp8" }),
};

/** Microseconds at 8K, 16K, 32K, 64K and 128K on a GB200, FP8, of AIConfigurator's database (TensorRT-LLM 1.3.0rc20). */
const measured = {
  "16 query and 2 kv heads": [13.1, 17.5, 21.3, 23.8, 25.4],
  "128 heads of latent attention": [17.2, 27.2, 31.0, 33.5, 39.8],
};

describe.each(Object.keys(kernels) as (keyof typeof kernels)[])("one sequence, %s", (name) => {
  const time = kernels[name];

  it("takes the measured time within 20%", () => {
    measured[name].forEach((us, i) => {
      const tokens = 8192 * 2 ** i;
      expect(Math.abs(time(machine, tokens).seconds / (us * 1e-6) - 1), `${tokens} tokens`).toBeLessThan(0.2);
    });
  });

  it("at a million tokens takes its bytes over HBM bandwidth, and at most half as long again beside the launches", () => {
    for (const each of machines) {
      const { seconds, bytes } = time(each, 2 ** 20);
      const hbm = bytes / each.system.gpu.hbmBandwidth.value;
      expect(seconds).toBeGreaterThan(hbm);
      // a launch to read, and one to merge: each takes about as long as a kernel on a cache of 8K tokens
      expect(seconds).toBeLessThan(1.5 * hbm + 2 * time(each, 8192).seconds);
    }
  });

  it("never takes less time for a longer context", () => {
    for (const each of machines) {
      const times = Array.from({ length: 22 }, (_, i) => time(each, 2 ** i).seconds);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });
});

/** One token of each of several sequences of one kv head. */
const oneHead = (on: Machine, requests: number, contextTokens: number) =>
  gqaDecode(on, { requests, contextTokens, queryHeads: 8, kvHeads: 1, headDim: 128, kvDtype: "fp8" });

it("merges the parts of few caches, which the whole GPU reads, and hardly those of many", () => {
  const merging = (requests: number): number =>
    oneHead(machine, requests, 131_072).terms.find(({ what }) => what === "merging")!.seconds;
  expect(merging(1)).toBeGreaterThan(5 * merging(16));
  expect(merging(16)).toBeGreaterThan(5 * merging(512));
});

it("never takes less time for more sequences, of any length", () => {
  for (const each of machines)
    for (const tokens of [512, 8192, 32_768, 131_072, 2 ** 20])
      for (const time of [
        (requests: number) => oneHead(each, requests, tokens).seconds,
        (requests: number) =>
          mlaDecode(each, { requests, contextTokens: tokens, queryHeads: 128, kvDtype: "fp8" }).seconds,
      ]) {
        const times = Array.from({ length: 16 }, (_, i) => time(i + 1));
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }
});
