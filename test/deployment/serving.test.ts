import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { Random } from "../../src/core/random.ts";
import { divisionOf, divisionsOf } from "../../src/deployment/division.ts";
import { memoryOn } from "../../src/deployment/memory.ts";
import { replicaOf } from "../../src/deployment/replica.ts";
import { servedTogether } from "../../src/deployment/serving.ts";
import { formatParallel, parseParallel } from "../../src/hardware/parallel.ts";
import { models } from "../../src/hardware/models/all.ts";
import { serveTrace, summarise } from "../../src/hardware/serving/trace.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const question = (model: string) => ({
  system: systems.get("gb200-nvl72"),
  model: models.get(model),
  spec: parseSpec("dense"),
  kvDtype: "fp8" as const,
  weights: "nvfp4" as const,
  gpus: 8,
});

describe("servedTogether", () => {
  it("has a plan a division and batch, cut to the caches that fit and to what prompts can supply", () => {
    const asked = question("deepseek-v3");
    const plans = servedTogether(divisionsOf(asked, "decode"), {
      workload: {
        inputTokens: 131_072,
        outputTokens: 64,
        thinkTokens: 0,
        cacheHits: 0,
        drafts: { tokens: 0, acceptance: 0 },
        chunkTokens: 8192,
        utilisation: 0.7,
      },
      batches: [8, 64, 512, 4096],
      dollarsPerGpuHour: 3,
    });
    const names = plans.map(({ decode, served }) => `${formatParallel(decode.parallel)} ${served.batch}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { decode, served } of plans)
      expect(served.batch).toBeLessThanOrEqual(memoryOn(decode, 131_136).users);
    // a prompt takes 16 passes, and its other tokens 63: five prompts in turn fill every pass
    expect(names.filter((name) => name.startsWith("tp=8,ep=8 "))).toEqual(["tp=8,ep=8 5"]);
  });
});

describe("a replay on a rack", () => {
  it.each([
    ["deepseek-v3", "tp=2,dp=4"],
    ["gpt-oss-120b", "dp=4,cp=2"],
    ["kimi-linear", "kvp=2,dp=4"],
    ["deepseek-v3.2", "dp=2,pp=2"],
  ])("of %s as %s has times for prompts of any lengths, of which passes have fractions", (name, parallel) => {
    const asked = question(name);
    const replica = replicaOf(divisionOf(asked, parseParallel(parallel, asked.model)));
    const random = new Random(`fractions/${name}`);
    let now = 0;
    const requests = Array.from({ length: 40 }, () => {
      now += random.uniform();
      const [inputTokens, outputTokens] = [random.below(20_000), random.below(30)].map((count) => count + 1);
      return { arrivalSeconds: now, inputTokens: inputTokens!, outputTokens: outputTokens! };
    });
    const steps: number[] = [];
    const timed = {
      ...replica,
      stepSeconds: (parts: Parameters<typeof replica.stepSeconds>[0]) => {
        const seconds = replica.stepSeconds(parts);
        steps.push(seconds);
        return seconds;
      },
    };
    const settings = {
      maxBatch: 16,
      chunkTokens: 4096,
      cacheHits: 0.3,
      drafts: { tokens: 2, acceptance: 0.6 },
    };
    const result = serveTrace(timed, requests, settings, new Random("replay"));
    expect(result.trips).toHaveLength(40);
    expect(steps.filter((seconds) => !(seconds > 0 && seconds < 60))).toEqual([]);
    const { ttftSeconds, tpotSeconds, requestSeconds } = summarise(replica, result);
    for (const { p50, p99 } of [ttftSeconds, tpotSeconds, requestSeconds]) {
      expect(p50).toBeGreaterThan(0);
      expect(p99).toBeLessThan(120);
    }
  });
});
