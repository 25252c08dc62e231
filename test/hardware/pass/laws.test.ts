import { describe, expect, it } from "vitest";
import type { KvDtype } from "../../../src/core/dtype.ts";
import { machineOf, profiles } from "../../../src/hardware/kernels/machine.ts";
import type { KernelProfile } from "../../../src/hardware/kernels/machine.ts";
import { attentionLayer } from "../../../src/hardware/layers/attention.ts";
import { expertsOf } from "../../../src/hardware/model.ts";
import type { Model } from "../../../src/hardware/model.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { override } from "../../../src/hardware/overrides.ts";
import { parseParallel } from "../../../src/hardware/parallel.ts";
import { passOf } from "../../../src/hardware/pass/pass.ts";
import type { Part } from "../../../src/hardware/serving/replica.ts";
import type { System } from "../../../src/hardware/system.ts";
import { systems } from "../../../src/hardware/systems/all.ts";
import { weightsOf } from "../../../src/hardware/weights/choice.ts";

interface Pass {
  readonly system: System;
  readonly model: Model;
  readonly profile?: KernelProfile;
  readonly kvDtype?: KvDtype;
  readonly weights?: string;
}

/** Seconds of a part of a pass of the model as it was trained, on eight GPUs by default. */
const timesOf = (pass: Pass, parallel?: string): ((part: Part) => number) => {
  const own = passesOf(pass, parallel);
  return (part) => own(part).time.seconds;
};

function passesOf(pass: Pass, parallel = "tp=8"): (part: Part) => ReturnType<typeof passOf> {
  const { system, model, profile = "measured", kvDtype = "fp8", weights = "fp8" } = pass;
  const deployment = {
    machine: machineOf(system, profile),
    model,
    layers: model.attention.map((group) => ({
      layers: group.layers.value,
      layer: attentionLayer(group),
      farReadBytes: () => 0,
    })),
    kvDtype,
    weights: weightsOf(model, system, weights),
    parallel: parseParallel(parallel, model),
    overlapLinks: false,
  };
  return (part) => passOf(deployment, [part]);
}

const decode = (sequences: number, cachedTokens: number): Part => ({
  phase: "decode",
  sequences,
  newTokens: 1,
  cachedTokens,
});
const prefill = (newTokens: number, cachedTokens: number): Part => ({
  phase: "prefill",
  sequences: 1,
  newTokens,
  cachedTokens,
});

/** Tokens of an entry of CSA, the fewest of a model's layers; 4 without any. */
const entryTokens = ({ attention }: Model): number =>
  Math.min(
    4,
    ...attention.flatMap((group) =>
      group.kind === "compressed" && group.indexer && group.pool ? [group.pool.value] : [],
    ),
  );

/** Parts of a model's passes, of which each has more work than the one before. */
const growing: Readonly<Record<string, (model: Model) => readonly Part[]>> = {
  "decode, batch": () => [1, 4, 32, 256].map((sequences) => decode(sequences, 16_384)),
  // beyond 16,384 entries of CSA SGLang ranks them with another kernel, which is measured to be faster
  "decode, context up to 16K entries": (model) =>
    [256, 2048, 16_384].map((entries) => decode(16, entries * entryTokens(model) - 1)),
  "decode, context from 128K": () => [131_072, 2 ** 20].map((tokens) => decode(16, tokens)),
  "prefill, tokens": () => [256, 2048, 16_384].map((tokens) => prefill(tokens, 65_536)),
  "prefill, cached tokens": () => [0, 4096, 65_536].map((tokens) => prefill(4096, tokens)),
};
const parts = [decode(1, 4096), decode(64, 262_144), prefill(1024, 0), prefill(16_384, 65_536)];

const on = (chosen: readonly System[]) =>
  chosen.flatMap((system) => [...models].map((model) => ({ system, model })));
const all = on([...systems]);
/** Models whose experts can be divided among 64 GPUs. */
/** Models whose experts 64 GPUs can share. */
const wide = [...models].filter((model) => expertsOf(model).every((experts) => experts % 64 === 0));
/** Systems whose kernels have constants of different sources: published, measured, projected. */
const some = on(["h100", "gb200-nvl72", "vera-rubin"].map((name) => systems.get(name)));

/** Expects the times of `shorter` to be at most those of `longer`; sums of the same terms may differ in their last digits. */
function never(shorter: Pass, longer: Pass): void {
  const [a, b] = [timesOf(shorter), timesOf(longer)];
  for (const part of parts)
    expect(a(part), `${shorter.model.name} on ${shorter.system.name}`).toBeLessThanOrEqual(
      b(part) * (1 + 1e-12),
    );
}

describe("the time of a pass", () => {
  it.each(Object.entries(growing))("never falls as work grows: %s", (_, each) => {
    for (const pass of all)
      for (const profile of profiles) {
        const seconds = each(pass.model).map(timesOf({ ...pass, profile }));
        expect(seconds, `${pass.model.name} on ${pass.system.name}`).toEqual(
          seconds.toSorted((a, b) => a - b),
        );
      }
  });

  it("is never longer under ideal than with measured kernels", () => {
    for (const pass of all) never({ ...pass, profile: "ideal" }, pass);
  });

  it.each(["hbmBandwidth", "nvlink"] as const)("never rises with %s", (bandwidth) => {
    for (const pass of some) {
      const { value } = pass.system.gpu[bandwidth]!;
      never({ ...pass, system: override(pass.system, [`gpu.${bandwidth}=${2 * value}B/s`]) }, pass);
    }
  });

  it.each(["tp=8,dp=8", "dp=8,kvp=8", "tp=4,dp=4,cp=4", "tp=8,dp=2,pp=4"])(
    "never spends less on links when the GPUs of %s lie in more domains",
    (parallel) => {
      const system = systems.get("gb200-nvl72");
      const domains = [64, 32, 16, 8].map((gpus) => override(system, [`gpus=${gpus}`]));
      for (const model of wide)
        for (const profile of profiles)
          for (const part of parts) {
            const links = domains.map(
              (each) => passesOf({ system: each, model, profile }, parallel)(part).linkSeconds,
            );
            for (let i = 1; i < links.length; i++)
              expect(links[i], `${model.name}, ${profile}`).toBeGreaterThanOrEqual(
                links[i - 1]! * (1 - 1e-9),
              );
            if (expertsOf(model).length > 0) expect(links.at(-1)!).toBeGreaterThan(links[0]!);
          }
    },
  );

  it("with a boundless network between domains tends to the time of one domain", () => {
    const system = systems.get("gb200-nvl72");
    const boundless = override(system, ["gpus=32", "gpu.nic=1e9TB/s"]);
    for (const model of wide)
      for (const part of parts) {
        const [split, whole] = [boundless, system].map(
          (each) => passesOf({ system: each, model, profile: "ideal" }, "tp=8,dp=8")(part).linkSeconds,
        );
        expect(Math.abs(split! / whole! - 1), model.name).toBeLessThan(0.03);
      }
  });

  // measured kernels round activations in a pass of their own: for few rows narrower weights take longer
  it("under ideal never falls as elements of caches and weights get wider", () => {
    for (const each of some) {
      const pass = { ...each, profile: "ideal" } as const;
      never({ ...pass, kvDtype: "nvfp4" }, pass);
      never(pass, { ...pass, kvDtype: "bf16" });
      never(pass, { ...pass, weights: "bf16" });
      if (pass.system.gpu.fp4) never({ ...pass, weights: "nvfp4" }, pass);
    }
  });
});
