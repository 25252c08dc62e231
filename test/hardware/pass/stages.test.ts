import { describe, expect, it } from "vitest";
import { latencyOf, pipelineSeconds, slowestStage, stageLayers } from "../../../src/hardware/pass/stages.ts";

describe("stageLayers", () => {
  it.each([
    [61, 1, [61]],
    [61, 2, [31, 30]],
    [61, 4, [15, 15, 16, 15]],
    [22, 4, [5, 6, 6, 5]],
    [5, 3, [2, 2, 1]],
    [61, 8, [7, 7, 8, 8, 8, 8, 8, 7]],
  ])("divides %i layers among %i stages as vLLM does", (layers, stages, expected) => {
    expect(stageLayers(layers, stages)).toEqual(expected);
  });
});

const batch = (layers: number, hop = 0, head = 0) => ({ layers, hop, head });

describe("pipelineSeconds", () => {
  it("is the sum of all times with one stage", () => {
    expect(pipelineSeconds([batch(3, 0, 1), batch(5, 0, 1)], [61])).toBe(10);
  });

  it("fills once, then gives a micro-batch in the time of a stage", () => {
    const equal = (count: number) => Array.from({ length: count }, () => batch(4));
    expect(pipelineSeconds(equal(1), [8, 8, 8, 8])).toBe(4);
    expect(pipelineSeconds(equal(16), [8, 8, 8, 8])).toBe(16 + 3);
  });

  it("waits for the fullest stage", () => {
    // stages of 1, 2 and 1 s: the second one works without a break from 1 s on
    const batches = Array.from({ length: 10 }, () => batch(4));
    expect(pipelineSeconds(batches, [1, 2, 1])).toBe(1 + 10 * 2 + 1);
  });

  it("sends beside the next micro-batch: hops delay the first one alone", () => {
    const batches = Array.from({ length: 16 }, () => batch(4, 0.5));
    expect(pipelineSeconds(batches, [8, 8, 8, 8])).toBe(16 + 3 + 3 * 0.5);
  });

  it("drains with the last micro-batch, which is the longest of a growing prompt", () => {
    const batches = Array.from({ length: 8 }, (_, c) => batch(4 * (c + 1)));
    // the first stage works without a break: 1 + 2 + ... + 8 s; the last chunk takes 8 s in each of the other three
    expect(pipelineSeconds(batches, [1, 1, 1, 1])).toBe(36 + 3 * 8);
  });

  it("lies between the work of any stage and the latencies one after the other", () => {
    for (const stages of [[3], [2, 3], [4, 5, 5, 4]])
      for (const count of [1, 2, 7]) {
        const batches = Array.from({ length: count }, (_, c) => batch(1 + ((c * 7) % 5), 0.1, 0.2));
        const sum = (of: (each: (typeof batches)[number]) => number): number =>
          batches.reduce((total, each) => total + of(each), 0);
        const seconds = pipelineSeconds(batches, stages);
        expect(seconds).toBeGreaterThanOrEqual(sum((each) => slowestStage(each, stages)) - 1e-12);
        expect(seconds).toBeLessThanOrEqual(sum((each) => latencyOf(each, stages.length)) + 1e-12);
      }
  });
});
