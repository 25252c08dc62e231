import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { drawArrivals } from "../../../src/hardware/serving/arrivals.ts";
import { goodputOf, rateOf } from "../../../src/hardware/serving/goodput.ts";
import type { GoodputQuestion } from "../../../src/hardware/serving/goodput.ts";
import { breachOf, formatLevels, parseLevels } from "../../../src/hardware/serving/levels.ts";
import { serveTrace, summarise } from "../../../src/hardware/serving/trace.ts";
import { toy } from "./toy.ts";

/** A pass with one prompt of 1000 tokens, s. */
const service = 0.02;

/** A replica that computes one prompt at a time and nothing else. */
const queue = (
  levels: string,
  { requests = 8000, variation = 1 }: { requests?: number; variation?: number } = {},
): GoodputQuestion => ({
  replica: toy(),
  requests: drawArrivals(
    { requests, rate: 1, variation, inputTokens: 1000, outputTokens: 1 },
    new Random("goodput"),
  ),
  settings: { maxBatch: 1, chunkTokens: 8192, cacheHits: 0, drafts: { tokens: 0, acceptance: 0 } },
  levels: parseLevels(levels),
  most: 1 / service,
  seed: "goodput",
});

describe("goodputOf", () => {
  it("is the rate at which a queue with constant service waits as long as allowed", () => {
    // M/D/1: wait = rho S / (2 (1 - rho)) is S at rho = 2/3
    const found = goodputOf(queue("ttft-mean=40ms"))!;
    expect(Math.abs((found.rate * service) / (2 / 3) - 1)).toBeLessThan(0.05);
    expect(found.isMost).toBe(false);
    expect(found.summary.ttftSeconds.mean).toBeLessThanOrEqual(0.04);
    expect(found.summary.ttftSeconds.mean).toBeGreaterThan(0.037);
  });

  it("is the largest rate that is tried where arrivals are even and never wait", () => {
    expect(goodputOf(queue("ttft-p99=21ms", { requests: 200, variation: 0 }))).toMatchObject({
      rate: 1 / service,
      isMost: true,
    });
  });

  it("is none where a lone request takes too long", () => {
    expect(goodputOf(queue("ttft-p50=19ms", { requests: 200 }))).toBeUndefined();
  });

  it("is the same for the same arrivals, and falls as levels are tighter", () => {
    const rates = ["ttft-p99=200ms", "ttft-p99=200ms", "ttft-p99=100ms", "ttft-p99=100ms,e2e-p50=25ms"].map(
      (levels) => goodputOf(queue(levels, { requests: 1000 }))!.rate,
    );
    expect(rates[1]).toBe(rates[0]);
    expect(rates[2]).toBeLessThan(rates[1]!);
    expect(rates[3]).toBeLessThan(rates[2]!);
  });

  it("refuses requests that all arrive at once", () => {
    expect(() => rateOf([{ arrivalSeconds: 0, inputTokens: 1, outputTokens: 1 }])).toThrow(
      "all arrive at 0 s has no rate",
    );
  });
});

describe("breachOf", () => {
  it("stops a replay only if the percentiles of the whole replay are over their limits", () => {
    const { replica, settings } = queue("ttft-p99=1s");
    const base = { requests: 400, variation: 1, inputTokens: 1000, outputTokens: 3 };
    for (const rate of [5, 10, 14, 16, 18, 25])
      for (const [measure, statistic, seconds] of [
        ["ttftSeconds", "p99", 0.3],
        ["ttftSeconds", "p50", 0.1],
        ["requestSeconds", "p90", 0.3],
      ] as const) {
        const requests = drawArrivals({ ...base, rate }, new Random("breach"));
        const whole = summarise(replica, serveTrace(replica, requests, settings, new Random(0)));
        const stop = breachOf([{ measure, statistic, seconds }], requests);
        const { trips } = serveTrace(replica, requests, { ...settings, stop }, new Random(0));
        if (trips.length < requests.length) expect(whole[measure][statistic]).toBeGreaterThan(seconds);
      }
  });
});

describe("parseLevels", () => {
  it("reads times of the first token, of a token and of a request", () => {
    const levels = parseLevels("ttft-p99=2s, tpot-mean=30ms,e2e-p50=90 s");
    expect(levels).toEqual([
      { measure: "ttftSeconds", statistic: "p99", seconds: 2 },
      { measure: "tpotSeconds", statistic: "mean", seconds: 0.03 },
      { measure: "requestSeconds", statistic: "p50", seconds: 90 },
    ]);
    expect(formatLevels(levels)).toBe("TTFT p99 <= 2 s, TPOT mean <= 30 ms, E2E p50 <= 90 s");
  });

  it.each([
    ["ttft-p95=2s", /unknown service level "ttft-p95"; known: ttft-mean, ttft-p50, .*e2e-p99/],
    ["ttft=2s", /unknown service level "ttft"; known: /],
    ["tpot-p99=30", /service level tpot-p99 must be a number > 0 in s.*; got "30"/],
    ["tpot-p99=-1s", /must be a number > 0/],
    ["tpot-p99", /must be a number > 0/],
    ["ttft-p99=1s,ttft-p99=2s", /ttft-p99 is given twice/],
    ["", /service levels are KEY=TIME/],
  ])("refuses %s", (text, message) => {
    expect(() => parseLevels(text)).toThrow(message);
  });
});
