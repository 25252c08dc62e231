import { expect, it } from "vitest";
import { denseCost } from "../../src/attention/parts/costs.ts";
import { perHead } from "../../src/attention/parts/per-head.ts";
import { softmaxRead } from "../../src/attention/parts/softmax-read.ts";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { defineVariant } from "../../src/attention/variant.ts";
import type { AnyVariant } from "../../src/attention/variant.ts";
import { Registry } from "../../src/core/entry.ts";
import { int } from "../../src/core/params.ts";
import { deploymentOf } from "../../src/deployment/deployment.ts";
import { machineOf } from "../../src/hardware/kernels/machine.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import type { Deployment } from "../../src/hardware/pass/deployment.ts";
import { passOf } from "../../src/hardware/pass/pass.ts";
import { gb200Nvl72 } from "../../src/hardware/systems/gb200-nvl72.ts";
import { weightsOf } from "../../src/hardware/weights/choice.ts";

/** A variant as a plugin would define it: it runs as a window on layers of grouped queries, as an index on latent ones. */
const nearby = defineVariant({
  name: "nearby",
  family: "static",
  summary: "the last tokens",
  formula: "S = the last `reach` tokens",
  sources: [],
  params: { reach: int("tokens", { default: 1000, min: 1 }) },
  prefill: "same",
  small: { reach: 10 },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }) => perHead(queries, cache, (read) => softmaxRead(read, ops)),
  cost: denseCost,
  kernels: {
    "grouped-query": ({ reach }) => ({ window: reach }),
    latent: ({ reach }, { queryHeads }) =>
      reach > 100 ? { indexer: { heads: queryHeads.value / 2, headDim: 128, read: reach } } : undefined,
  },
});
const known = new Registry<AnyVariant>("attention variant", [...variants, nearby]);

function deployed(name: string, variant: string): Deployment {
  const model = models.get(name);
  return deploymentOf({
    machine: machineOf(gb200Nvl72),
    model,
    spec: parseSpec(variant, known),
    kvDtype: "fp8",
    weights: weightsOf(model, gb200Nvl72, "fp8"),
    parallel: parseParallel("tp=8", model),
    overlapLinks: false,
    routing: "even",
  });
}

const seconds = (deployment: Deployment): number =>
  passOf(deployment, [{ phase: "decode", sequences: 16, newTokens: 1, cachedTokens: 200_000 }]).time.seconds;

/** Whether the time of some layer follows from the variant's cost. */
const follows = (model: string, variant: string): boolean =>
  deployed(model, variant).layers.some(({ variant: cost }) => cost !== undefined);

it("a plugin's variant runs on the kernels that it names, at its own parameters", () => {
  const windowed = (variant: string): number => seconds(deployed("llama-3.1-405b", variant));
  expect(windowed("nearby(reach=512)")).toBe(windowed("sink-window(sinks=0,window=512)"));
  expect(windowed("nearby(reach=512)")).toBeLessThan(windowed("nearby(reach=50000)"));
  const indexed = (variant: string): number => seconds(deployed("deepseek-v3", variant));
  expect(indexed("nearby(reach=2048)")).toBe(indexed("dsa(k=2048,indexHeads=64)"));
});

it("where it names none, and where these do not do what is asked, its time follows from its cost", () => {
  expect(follows("deepseek-v3", "nearby(reach=101)")).toBe(false);
  expect(follows("deepseek-v3", "nearby(reach=100)")).toBe(true);
  expect(follows("deepseek-v4-pro", "nearby")).toBe(true);
});

it("every model runs on measured kernels as it was trained", () => {
  for (const model of models) expect(follows(model.name, nativeOf(model)), model.name).toBe(false);
});
