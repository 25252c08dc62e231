import { expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import { cacheBytesOn } from "../../src/deployment/memory.ts";
import { models } from "../../src/hardware/models/all.ts";
import { override } from "../../src/hardware/overrides.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const model = models.get("llama-3.1-8b");

/** Bytes for caches on a division of the rack with other quantities. */
const room = (parallel: string, ...changes: readonly string[]): number =>
  cacheBytesOn(
    divisionOf(
      {
        system: override(systems.get("gb200-nvl72"), changes),
        model,
        spec: parseSpec("dense"),
        kvDtype: "bf16",
        weights: "bf16",
        limits: { chunkTokens: 8192, draftTokens: 0 },
      },
      parseParallel(parallel, model),
    ),
  );

it.each([
  ["reserved.runtime", 3_758_096_384],
  ["reserved.collectives", 411_041_792],
])("%s is set aside on every GPU: .9 of a GB less is .9 GB more for caches", (path, bytes) => {
  for (const [parallel, gpus] of [
    ["tp=1", 1],
    ["tp=2", 2],
    ["tp=2,dp=2", 4],
  ] as const)
    expect(room(parallel, `${path}=${bytes - 1e8}B`) - room(parallel)).toBeCloseTo(0.9 * gpus * 1e8, 0);
});

it("a GPU has what HBM, weights and a pass leave, and caches .9 of it", () => {
  const free = 200e9 - 1e9 - 2e9 - 2 * 4096 * 11 * 8192 - 2 * 8_030_261_248;
  const changes = ["gpu.hbm=200GB", "reserved.runtime=1GB", "reserved.collectives=2GB"];
  expect(room("tp=1", ...changes) / (0.9 * free)).toBeCloseTo(1, 6);
});
