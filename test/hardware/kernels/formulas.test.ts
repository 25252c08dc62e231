import { describe, expect, it } from "vitest";
import type { Constants, ConstantSpecs } from "../../../src/hardware/constants/constants.ts";
import { allReduce, collective, customAllReduce } from "../../../src/hardware/kernels/collectives.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import type { Machine } from "../../../src/hardware/kernels/machine.ts";
import { moe } from "../../../src/hardware/kernels/moe.ts";
import { convolutionState } from "../../../src/hardware/layers/convolution-state.ts";
import { gb200Nvl72 } from "../../../src/hardware/systems/gb200-nvl72.ts";

const { gpu } = gb200Nvl72;

/** A machine whose kernels have these constants, by their names. */
const machineWith = (constants: Readonly<Record<string, Readonly<Record<string, number>>>>): Machine => ({
  ...machineOf(gb200Nvl72),
  constants: <S extends ConstantSpecs>({ name }: { readonly name: string }) =>
    constants[name] as Constants<S>,
});

const links = { overhead: 10e-6, step: 2e-6, link: 0.5, ramp: 3 };
const machine = machineWith({
  collective: links,
  "custom-all-reduce": { ...links, overhead: 1e-6, link: 0.25 },
});

describe("a collective", () => {
  const seconds = (bytes: number, bandwidth: number, overhead: number, doublings: number): number => {
    const link = bytes / bandwidth;
    return overhead + 2e-6 * doublings + link + 3 * Math.sqrt(link * 1e-6);
  };

  it("takes its latency, its bytes over the link, and the time of a pipeline that is not full", () => {
    const time = collective(machine, { op: "all-gather", bytes: 1e9, gpus: 16 });
    const link = (1e9 * 15) / 16 / (gpu.nvlink!.value * 0.5);
    expect(time.name).toBe("all-gather among 16");
    expect(time.seconds).toBeCloseTo(seconds((1e9 * 15) / 16, gpu.nvlink!.value * 0.5, 10e-6, 3), 12);
    expect(time.linkBytes).toBe((1e9 * 15) / 16);
    expect(time.terms).toEqual([
      { what: "link", seconds: link, amount: (1e9 * 15) / 16, unit: "B" },
      { what: "filling the pipeline", seconds: 3 * Math.sqrt(link * 1e-6) },
      { what: "latency", seconds: 10e-6 + 2e-6 * 3 },
    ]);
  });

  it("goes over the network between domains", () => {
    const time = collective(machine, { op: "all-reduce", bytes: 1e8, gpus: 4, link: "nic" });
    expect(time.name).toBe("all-reduce among 4 domains");
    expect(time.seconds).toBeCloseTo(seconds((2 * 1e8 * 3) / 4, gpu.nic!.value * 0.5, 10e-6, 1), 12);
    expect(time.terms[0]!.what).toBe("network");
  });

  it("takes no time on one GPU", () => {
    for (const none of [
      collective(machine, { op: "all-gather", bytes: 1e9, gpus: 1 }),
      customAllReduce(machine, { bytes: 1e9, gpus: 1 }),
    ])
      expect([none.seconds, none.linkBytes, none.terms]).toEqual([0, 0, []]);
  });

  it("is the faster all-reduce: the engine's own of small messages, NCCL's of large ones", () => {
    const small = allReduce(machine, { bytes: 1e4, gpus: 8 });
    const large = allReduce(machine, { bytes: 1e8, gpus: 8 });
    expect([small.name, large.name]).toEqual(["custom all-reduce among 8", "all-reduce among 8"]);
    expect(small.seconds).toBeCloseTo(seconds((2 * 1e4 * 7) / 8, gpu.nvlink!.value * 0.25, 1e-6, 2), 15);
  });
});

it("experts take padding and launches of each one that has tokens, and their rows one more pass", () => {
  const constants = {
    overhead: 1e-5,
    compute: 0.5,
    memory: 0.25,
    overlap: 1,
    rows: 32,
    expert: 1e-6,
    activations: 0.5,
  };
  const shape = {
    tokens: 100,
    hidden: 64,
    intermediate: 32,
    experts: 8,
    tensorParallel: 2,
    expertParallel: 2,
  } as const;
  const time = moe(machineWith({ moe: constants }), {
    ...shape,
    dtype: "bf16",
    load: { pairs: 300, touched: 4 },
  });
  const matrices = 3 * 64 * 16;
  const padded = 2 * (300 + 4 * 32) * matrices;
  const rows = 2 * 2 * ((100 + 2 * 300) * 64 + 300 * 16);
  const parts = {
    arithmetic: padded / (gpu.bf16.value * 0.5),
    HBM: (2 * 4 * matrices) / (gpu.hbmBandwidth.value * 0.25),
    overhead: 1e-5 + 4 * 1e-6,
    rows: rows / (gpu.hbmBandwidth.value * 0.5),
  };
  expect(time.name).toBe("experts, 4 of 8 here");
  expect(Object.fromEntries(time.terms.map(({ what, seconds }) => [what, seconds]))).toEqual(parts);
  expect(time.flops).toBe(padded);
  // an overlap of 1 adds arithmetic and memory up
  expect(time.seconds).toBeCloseTo(parts.arithmetic + parts.HBM + parts.overhead + parts.rows, 15);
});

it("a convolution keeps its last inputs in float32", () => {
  expect(convolutionState(4, 1000)).toEqual({ convolution: 3 * 1000 * 4, state: 0 });
});
