import { expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import type { KvDtype } from "../../src/core/dtype.ts";
import { replicaOf } from "../../src/deployment/replica.ts";
import { machineOf } from "../../src/hardware/kernels/machine.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import type { Replica } from "../../src/hardware/serving/replica.ts";
import { systems } from "../../src/hardware/systems/all.ts";
import { weightsOf } from "../../src/hardware/weights/choice.ts";

it.each([...models])("memory never falls as context or bytes of an element grow: $name", (model) => {
  for (const system of systems) {
    const replica = (kvDtype: KvDtype, weights: string): Replica =>
      replicaOf({
        machine: machineOf(system),
        model,
        spec: parseSpec(nativeOf(model)),
        kvDtype,
        weights: weightsOf(model, system, weights),
        parallel: parseParallel("tp=8", model),
        overlapLinks: false,
        routing: "even",
      });
    // each list grows
    const lengths = [1, 1024, 65_536, 2 ** 20];
    const caches = (["nvfp4", "fp8", "bf16"] as const).map((dtype) =>
      lengths.map((tokens) => replica(dtype, "fp8").kvBytes(tokens)),
    );
    const ascending = (values: readonly number[]): void =>
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    for (const cache of caches) ascending(cache);
    for (const i of lengths.keys()) ascending(caches.map((cache) => cache[i]!));
    ascending((["bf16", "fp8", "nvfp4"] as const).map((weights) => replica("fp8", weights).kvCapacity));
  }
});
