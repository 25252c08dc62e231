import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import type { KvDtype } from "../../src/core/dtype.ts";
import { holding, leastLack, roomiest, usersThatFit } from "../../src/deployment/choice.ts";
import { divisionOf, divisionsOf } from "../../src/deployment/division.ts";
import type { ModelOnSystem } from "../../src/deployment/division.ts";
import { cacheBytesOn, fits, hbmBytes, lackOf, memoryOn, userBytesOn } from "../../src/deployment/memory.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { override } from "../../src/hardware/overrides.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { gpusOf } from "../../src/hardware/parallelism.ts";
import { parametersOf } from "../../src/hardware/parameters.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const million = 2 ** 20;

const on = (model: string, change: Partial<ModelOnSystem> & { variant?: string } = {}): ModelOnSystem => {
  const { variant, ...rest } = change;
  const entry = models.get(model);
  return {
    system: systems.get("gb200-nvl72"),
    model: entry,
    spec: parseSpec(variant ?? nativeOf(entry)),
    kvDtype: "fp8",
    weights: "nvfp4",
    ...rest,
  };
};

// GB a user of 2^20 tokens, and users of a GB200 and of a GB300 rack if one copy of the weights and every cache lay
// spread over all GPUs without a remainder
const unsplit: [model: string, dtype: KvDtype, gb: number, gb200: number, gb300: number][] = [
  ["llama-3.1-405b", "nvfp4", 152, 80, 123],
  ["deepseek-v3", "bf16", 73.7, 164, 252],
  ["deepseek-v3", "fp8", 36.8, 329, 504],
  ["deepseek-v3", "nvfp4", 20.7, 585, 896],
  ["deepseek-v3.2", "fp8", 50.4, 240, 368],
  ["kimi-k3", "fp8", 14.9, 732, 1163],
  ["deepseek-v4-pro", "fp8", 5.3, 2203, 3422],
];

describe("users of 2^20 tokens on a rack", () => {
  it.each(unsplit)(
    "%s in %s: nearly as many as without copies and remainders",
    (name, kvDtype, gb, ...racks) => {
      for (const [i, system] of ["gb200-nvl72", "gb300-nvl72"].entries()) {
        const limits = { chunkTokens: 0, draftTokens: 0 };
        const asked = {
          ...on(name, { kvDtype, system: systems.get(system), limits }),
          routing: "even",
        } as const;
        const { user } = roomiest(divisionsOf(asked, "decode"), million)!;
        expect(hbmBytes(user) / 1e9 / gb).toBeCloseTo(1, 1);
        const users = usersThatFit(asked, million);
        expect(users, system).toBeLessThanOrEqual(1.01 * racks[i]!);
        expect(users, system).toBeGreaterThan(0.84 * racks[i]!);
      }
    },
  );
});

describe("memory of a division", () => {
  const at = (parallel: string, change: Parameters<typeof on>[1] = {}) => {
    const asked = on("deepseek-v3", change);
    return divisionOf(asked, parseParallel(parallel, asked.model));
  };

  it("holds whole users in each group: one more than fit lacks memory, in one group alone", () => {
    for (const parallel of ["dp=72", "dp=9,kvp=8", "kvp=64", "tp=2,dp=36"]) {
      const memory = memoryOn(at(parallel), million);
      expect(memory.users % memory.groups, parallel).toBe(0);
      expect(fits(lackOf(memory, memory.users)), parallel).toBe(true);
      const each = memory.hbm / memory.groups;
      const held = memory.users / memory.groups + 1;
      expect(lackOf(memory, memory.users + 1).hbm / (held * hbmBytes(memory.user) - each)).toBeCloseTo(1, 9);
    }
  });

  it("holds nobody where a group is too small for one cache, however much memory all groups have", () => {
    const memory = memoryOn(at("dp=72"), 10 * million);
    expect(memory.hbm).toBeGreaterThan(hbmBytes(memory.user));
    expect(memory.users).toBe(0);
    expect(memoryOn(at("kvp=64"), 10 * million).users).toBeGreaterThan(0);
  });

  it("has a share of the HBM that weights, passes and runtime leave on every GPU", () => {
    const division = at("dp=4");
    const { gpu, reserved } = division.machine.system;
    const { total, routed } = parametersOf(division.model);
    const planned = 4 * (gpu.hbm.value - reserved.runtime.value - reserved.collectives.value);
    expect(cacheBytesOn(division)).toBeLessThan(0.9 * (planned - 0.5625 * total));
    expect(cacheBytesOn(division)).toBeGreaterThan(
      0.9 * (planned - 4 * 2 * (total - routed) - 0.5625 * routed - 4 * 5e9),
    );
  });

  it("loses on every GPU what the runtime and the buffers of collectives take", () => {
    const { system } = on("deepseek-v3", {});
    const before = cacheBytesOn(at("dp=4"));
    for (const part of ["runtime", "collectives"] as const) {
      const quantity = { ...system.reserved[part], value: system.reserved[part].value + 1e9 };
      const reserved = { ...system.reserved, [part]: quantity };
      const after = cacheBytesOn(at("dp=4", { system: { ...system, reserved } }));
      expect((before - after) / (4 * 1e9 * system.reserved.share.value), part).toBeCloseTo(1, 9);
    }
  });

  it("keeps a state once, however many GPUs share its heads, and a draft layer's with the caches", () => {
    const kimi = (parallel: string, change: Parameters<typeof on>[1] = {}) => {
      const asked = on("kimi-k3", change);
      return userBytesOn(divisionOf(asked, parseParallel(parallel, asked.model)), 1000);
    };
    expect(kimi("dp=8").state).toBeGreaterThan(1e6);
    expect(kimi("tp=8").state).toBe(kimi("dp=8").state);
    expect(hbmBytes(kimi("dp=8"))).toBeGreaterThan(kimi("dp=8").state + kimi("dp=8").kept);
  });

  it("keeps an index on every GPU that shares heads, and rows in host memory apart from those in HBM", () => {
    const index = (parallel: string): number =>
      userBytesOn(at(parallel, { variant: "dsa(indexHeads=64)" }), 1000).indexKept;
    expect(index("tp=8")).toBe(8 * index("dp=8"));
    const far = memoryOn(at("dp=8", { variant: "dense+grace" }), 1000);
    // whole pages of 32 tokens
    expect(far.user).toMatchObject({ kept: 0, far: 61 * 1024 * 576 });
    expect(far.host).toBe((8 / 72) * 36 * 480e9);
  });

  it("takes nothing for a cache of less than a token", () => {
    expect(hbmBytes(userBytesOn(at("dp=8"), 0.5))).toBe(0);
  });
});

describe("usersThatFit", () => {
  it("is nobody where the weights alone do not fit", () => {
    const small = override(systems.get("gb200-nvl72"), ["gpu.hbm=10GB"]);
    expect(usersThatFit(on("deepseek-v3", { system: small }), 1000)).toBe(0);
  });

  it("gains with HBM and with narrower weights and caches, and loses with tokens", () => {
    const users = (hbmGb: number, weights: "bf16" | "nvfp4", kvDtype: KvDtype = "fp8", tokens = million) =>
      usersThatFit(
        on("deepseek-v3", {
          weights,
          kvDtype,
          variant: "dense",
          system: override(systems.get("gb200-nvl72"), [`gpu.hbm=${hbmGb}GB`]),
        }),
        tokens,
      );
    expect(users(288, "nvfp4")).toBeGreaterThan(users(186, "nvfp4"));
    expect(users(186, "nvfp4")).toBeGreaterThan(users(186, "bf16"));
    expect(users(186, "nvfp4")).toBeGreaterThan(users(186, "nvfp4", "bf16"));
    expect(users(186, "nvfp4")).toBeGreaterThan(users(186, "nvfp4", "fp8", 2 * million));
  });

  it("counts the host processors' memory where K and V lie there", () => {
    const asked = on("deepseek-v3.2", { variant: "dsa(indexHeads=64)+grace" });
    const user = 61 * 656 * million;
    const users = usersThatFit(asked, million);
    expect(users * user).toBeLessThanOrEqual(36 * 480e9);
    expect(users * user).toBeGreaterThan(0.95 * 36 * 480e9);
    expect(leastLack(divisionsOf(asked, "decode"), 500, million).host).toBeGreaterThanOrEqual(
      500 * user - 36 * 480e9,
    );
  });
});

it("divisions that hold the users lack nothing, or else lack the least", () => {
  const divisions = divisionsOf(on("deepseek-v3"), "decode");
  for (const users of [64, 5000]) {
    const lacks = divisions.map((division) => lackOf(memoryOn(division, million), users).hbm);
    const kept = holding(divisions, users, million);
    expect(kept).toEqual(divisions.filter((_, i) => lacks[i] === Math.min(...lacks)));
    expect(kept.every(({ parallel }) => gpusOf(parallel) <= 72)).toBe(true);
  }
});
