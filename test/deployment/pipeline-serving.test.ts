import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { Random } from "../../src/core/random.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import type { Division } from "../../src/deployment/division.ts";
import { prefillOn } from "../../src/deployment/prefill.ts";
import { replicaOf } from "../../src/deployment/replica.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { prefillAlone } from "../../src/hardware/serving/serve.ts";
import { serveTrace } from "../../src/hardware/serving/trace.ts";
import { systems } from "../../src/hardware/systems/all.ts";
import { workload } from "../hardware/serving/toy.ts";

const divided = (parallel: string): Division => {
  const model = models.get("deepseek-v3");
  const on = { system: systems.get("gb300-nvl72"), model, spec: parseSpec("dense") } as const;
  return divisionOf({ ...on, weights: "nvfp4", kvDtype: "fp8" }, parseParallel(parallel, model));
};

const chunkTokens = 8192;
const asked = workload({ inputTokens: 131_072, outputTokens: 2, chunkTokens });

describe.each(["tp=4", "tp=4,pp=2", "tp=4,pp=4", "tp=2,dp=2,pp=4"])("a prompt served as %s", (parallel) => {
  const division = divided(parallel);
  const replica = replicaOf(division);
  const { seconds } = prefillOn(division, { prompts: 1, tokens: 131_072, cachedTokens: 0, chunkTokens });

  it("has its first token when its chunks have gone through the stages", () => {
    const request = { arrivalSeconds: 0, inputTokens: 131_072, outputTokens: 1 };
    const settings = { maxBatch: 8, chunkTokens, cacheHits: 0, drafts: { tokens: 0, acceptance: 0 } };
    const { trips } = serveTrace(replica, [request], settings, new Random("test"));
    // a pass takes the stages as evenly busy, the pipeline of prefill as they are
    expect(trips[0]!.firstToken / seconds).toBeGreaterThan(0.9);
    expect(trips[0]!.firstToken / seconds).toBeLessThan(1.1);
    expect(trips[0]!.finished).toBe(trips[0]!.firstToken);
  });

  it("takes as long by the closed formula, at the rate of a full pipeline", () => {
    const alone = prefillAlone(replica, asked);
    expect((alone.seconds + alone.drain) / seconds).toBeGreaterThan(0.9);
    expect((alone.seconds + alone.drain) / seconds).toBeLessThan(1.1);
    const one = prefillAlone(replicaOf(divided(parallel.replace(/,pp=\d/, ""))), asked);
    const gain = alone.sequences / alone.seconds / (one.sequences / one.seconds);
    const stages = division.parallel.pp;
    expect(gain).toBeLessThanOrEqual(stages + 1e-9);
    // the fullest of four stages has 16 of 61 layers
    expect(gain).toBeGreaterThan(0.93 * stages);
  });
});
