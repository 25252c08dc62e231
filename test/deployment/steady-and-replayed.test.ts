import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { Random } from "../../src/core/random.ts";
import { median } from "../../src/core/stats.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import { memoryOn } from "../../src/deployment/memory.ts";
import { replicaOf } from "../../src/deployment/replica.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { models } from "../../src/hardware/models/all.ts";
import { drawArrivals } from "../../src/hardware/serving/arrivals.ts";
import type { Part, Replica } from "../../src/hardware/serving/replica.ts";
import { serveTogether } from "../../src/hardware/serving/serve.ts";
import { serveTrace } from "../../src/hardware/serving/trace.ts";
import { systems } from "../../src/hardware/systems/all.ts";

/** A replica whose passes are those of rounded lengths, so that a long replay prices few of them. */
function rounded(replica: Replica): Replica {
  const known = new Map<string, number>();
  const round = (tokens: number): number => {
    const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, tokens))) - 6);
    return Math.round(tokens / step) * step;
  };
  const stepSeconds = (parts: readonly Part[]): number => {
    const near = parts.map((part) => ({
      ...part,
      newTokens: round(part.newTokens),
      cachedTokens: round(part.cachedTokens),
    }));
    const key = JSON.stringify(near);
    const seconds = known.get(key) ?? replica.stepSeconds(near);
    known.set(key, seconds);
    return seconds;
  };
  return { ...replica, stepSeconds };
}

// division, prompt, output, most sequences
const grid = [
  ["tp=8", 1024, 1024, 64],
  ["tp=8", 8192, 128, 64],
  ["tp=8", 32_768, 8192, 8],
  ["tp=8", 131_072, 1024, 512],
  ["dp=8", 1024, 128, 64],
  ["dp=8", 8192, 1024, 64],
  ["dp=8", 32_768, 1024, 16],
  ["dp=8", 32_768, 8192, 32],
  ["dp=8", 131_072, 128, 64],
  ["dp=8", 131_072, 1024, 64],
  ["dp=32", 131_072, 1024, 256],
  ["tp=2,dp=4", 1024, 8192, 64],
  ["tp=2,dp=4", 32_768, 1024, 64],
  ["tp=2,dp=4", 131_072, 128, 16],
  ["dp=4,pp=2", 8192, 1024, 64],
] as const;

const model = models.get("deepseek-v3");
const chunkTokens = 8192;
const drafts = { tokens: 0, acceptance: 0 };

describe.each(grid)("%s, %d tokens in, %d out, at most %d sequences", (parallel, input, output, cap) => {
  const division = divisionOf(
    {
      system: systems.get("gb200-nvl72"),
      model,
      spec: parseSpec("dense"),
      kvDtype: "fp8",
      weights: "nvfp4",
    },
    parseParallel(parallel, model),
  );
  const exact = replicaOf(division);
  const replica = rounded(exact);
  const maxBatch = Math.min(cap, memoryOn(division, input + output).users);
  const steady = serveTogether(
    exact,
    {
      inputTokens: input,
      outputTokens: output,
      thinkTokens: 0,
      cacheHits: 0,
      drafts,
      chunkTokens,
      utilisation: 0.7,
    },
    maxBatch,
    1,
  );

  /** Rate and time of a token over the middle of a replay, whose arrivals are nearly even, since it is short. */
  const replayed = (rate: number, cycles: number) => {
    const arrivals = { requests: cycles * steady.batch, rate, variation: 0.3 };
    const requests = drawArrivals(
      { ...arrivals, inputTokens: input, outputTokens: output },
      new Random("grid"),
    );
    const { trips } = serveTrace(
      replica,
      requests,
      { maxBatch, chunkTokens, cacheHits: 0, drafts },
      new Random("grid"),
    );
    const [from, to] = [2 * steady.batch - 1, (cycles - 1) * steady.batch - 1];
    const seconds = trips[to]!.finished - trips[from]!.finished;
    const offered = requests[to]!.arrivalSeconds - requests[from]!.arrivalSeconds;
    const times = trips
      .slice(from, to)
      .map(({ finished, firstToken }) => (finished - firstToken) / (output - 1));
    return { rate: (to - from) / seconds, kept: offered / seconds, tpotSeconds: median(times) };
  };

  it("has the rate and the time of a token of a replay in which requests never lack", () => {
    const { rate, tpotSeconds } = replayed(1e6, 4);
    expect(Math.abs(steady.requestsPerSecond / rate - 1)).toBeLessThan(0.03);
    expect(Math.abs(steady.tpotSeconds / tpotSeconds - 1)).toBeLessThan(0.06);
  });

  it("keeps up with four fifths of its rate", () => {
    const { kept } = replayed(0.8 * steady.requestsPerSecond, 6);
    expect(kept).toBeGreaterThan(0.9);
  });
});
