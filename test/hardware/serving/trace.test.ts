import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { mean, variance } from "../../../src/core/stats.ts";
import { drawArrivals, gamma } from "../../../src/hardware/serving/arrivals.ts";
import { waitOfMd1 } from "../../../src/hardware/serving/queue.ts";
import { serveTogether } from "../../../src/hardware/serving/serve.ts";
import { serveTrace, summarise } from "../../../src/hardware/serving/trace.ts";
import type { TraceSettings } from "../../../src/hardware/serving/trace.ts";
import { toy, workload } from "./toy.ts";

const settings = (change: Partial<TraceSettings> = {}): TraceSettings => ({
  maxBatch: 64,
  chunkTokens: 8192,
  cacheHits: 0,
  drafts: { tokens: 0, acceptance: 0 },
  ...change,
});

describe("gamma", () => {
  it.each([0.5, 1, 4])("has mean and variance of its shape %d", (shape) => {
    const random = new Random("gamma");
    const values = Array.from({ length: 20_000 }, () => gamma(shape, random));
    // four standard errors
    expect(Math.abs(mean(values) - shape)).toBeLessThan(4 * Math.sqrt(shape / 20_000));
    expect(variance(values) / shape).toBeCloseTo(1, 1);
  });
});

describe("serveTrace", () => {
  it.each([0.3, 0.6, 0.8])("waits as an M/D/1 queue does at utilisation %d", (rho) => {
    const service = 0.01 + 1000e-5;
    const arrivals = {
      requests: 40_000,
      rate: rho / service,
      variation: 1,
      inputTokens: 1000,
      outputTokens: 1,
    };
    const requests = drawArrivals(arrivals, new Random("md1"));
    const replica = toy();
    const result = serveTrace(replica, requests, settings({ maxBatch: 1 }), new Random("md1"));
    const { ttftSeconds, utilisation } = summarise(replica, result);
    expect(Math.abs(utilisation / rho - 1)).toBeLessThan(0.03);
    const wait = ttftSeconds.mean - service;
    expect(Math.abs(wait / waitOfMd1(service, rho) - 1)).toBeLessThan(0.08);
  });

  it("agrees with the closed formulas where requests hardly meet", () => {
    const asked = workload({ inputTokens: 3000, chunkTokens: 1000, outputTokens: 50, cacheHits: 0.5 });
    const { inputTokens, outputTokens, chunkTokens, cacheHits, drafts } = asked;
    const replica = toy();
    const requests = drawArrivals(
      { requests: 500, rate: 0.05, variation: 1, inputTokens, outputTokens },
      new Random("low"),
    );
    const chunked = settings({ chunkTokens, cacheHits, drafts });
    const { ttftSeconds, tpotSeconds } = summarise(
      replica,
      serveTrace(replica, requests, chunked, new Random("low")),
    );
    // alone: 1500 computed tokens are 2 chunks of their own, none beside a decoding sequence
    expect(ttftSeconds.p50).toBeCloseTo(2 * 0.01 + 1500e-5 + 0.0015, 9);
    expect(tpotSeconds.p50).toBeCloseTo(0.01 + 1e-5, 9);
    const closed = serveTogether(replica, { ...asked, utilisation: 1e-9 }, 1, 1);
    expect(Math.abs(ttftSeconds.p50 / closed.ttftSeconds - 1)).toBeLessThan(0.15);
    expect(Math.abs(tpotSeconds.p50 / closed.tpotSeconds - 1)).toBeLessThan(0.05);
  });

  it("reaches the closed formula's rate when requests never lack", () => {
    const asked = workload({ inputTokens: 2000, outputTokens: 200, chunkTokens: 512 });
    const replica = toy();
    const requests = drawArrivals(
      { requests: 1500, rate: 1e6, variation: 1, inputTokens: 2000, outputTokens: 200 },
      new Random("full"),
    );
    const result = serveTrace(
      replica,
      requests,
      settings({ maxBatch: 32, chunkTokens: 512 }),
      new Random("full"),
    );
    const { requestsPerSecond, meanBatch } = summarise(replica, result);
    // in the closed formula all of the batch decodes; here a few of its places read their prompts
    const closed = serveTogether(replica, asked, meanBatch, 1);
    expect(Math.abs(requestsPerSecond / closed.requestsPerSecond - 1)).toBeLessThan(0.05);
  });

  it("admits no more cache than there is, and serves everything in the end", () => {
    const replica = toy({ kvCapacity: 5 * 1100 * 1000 });
    const requests = drawArrivals(
      { requests: 200, rate: 100, variation: 3, inputTokens: 1000, outputTokens: 100 },
      new Random("kv"),
    );
    const result = serveTrace(replica, requests, settings(), new Random("kv"));
    expect(result.trips).toHaveLength(200);
    expect(result.peakKvBytes).toBe(5 * 1100 * 1000);
  });

  it("speeds up by the drafts that are accepted", () => {
    const replica = toy();
    const requests = [{ arrivalSeconds: 0, inputTokens: 10, outputTokens: 20_001 }];
    const drafts = { tokens: 3, acceptance: 0.8 };
    const result = serveTrace(replica, requests, settings({ drafts }), new Random("drafts"));
    // 1 + .8 + .64 + .512 tokens a step
    expect(20_000 / (result.steps - 1)).toBeCloseTo(2.95, 1);
  });

  it("is the same for the same seed", () => {
    const run = () => {
      const random = new Random(7);
      const requests = drawArrivals(
        { requests: 50, rate: 20, variation: 2, inputTokens: 500, outputTokens: 20 },
        random,
      );
      return serveTrace(toy(), requests, settings(), random).trips;
    };
    expect(run()).toEqual(run());
  });

  it.each([
    [[], "a trace needs at least one request"],
    [[{ arrivalSeconds: NaN, inputTokens: 1, outputTokens: 1 }], "arrival_s must be a number >= 0"],
    [
      [
        { arrivalSeconds: 2, inputTokens: 1, outputTokens: 1 },
        { arrivalSeconds: 1, inputTokens: 1, outputTokens: 1 },
      ],
      "request 2 of the trace: arrival_s must be a number >= 2",
    ],
    [[{ arrivalSeconds: 0, inputTokens: 1.5, outputTokens: 1 }], "input_tokens must be an integer >= 1"],
    [[{ arrivalSeconds: 0, inputTokens: 10_000_000, outputTokens: 1 }], "does not fit"],
  ])("refuses %o", (requests, message) => {
    expect(() => serveTrace(toy(), requests, settings(), new Random(0))).toThrow(message);
  });
});
