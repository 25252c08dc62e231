import { describe, expect, it } from "vitest";
import { RunningBatch, holdPasses } from "../../../src/hardware/serving/batch.ts";
import type { RunningRequest } from "../../../src/hardware/serving/batch.ts";

const rules = { groups: 2, chunkTokens: 1000, drafts: { tokens: 0, acceptance: 0 } };

const request = (inputTokens: number, outputTokens = 100): RunningRequest => ({
  inputTokens,
  outputTokens,
  cached: 0,
  generated: 0,
});

const one = () => 1;

describe("RunningBatch", () => {
  it("computes a chunk of the first prompts in each group's room, and decodes the sequences whose prompt is read", () => {
    const batch = new RunningBatch<RunningRequest>(rules);
    for (const tokens of [1500, 700, 2000]) batch.admit(request(tokens));
    const first = batch.next();
    // 2 groups have room for 2,000 tokens: 1000 + 700 + 300
    expect(first.chunks.map(({ newTokens }) => newTokens)).toEqual([1000, 700, 300]);
    expect(first.decoding).toBe(0);
    expect(batch.finish(first, 1, one).read.map(({ inputTokens }) => inputTokens)).toEqual([700]);
    const second = batch.next();
    expect(second.chunks.map(({ newTokens, cachedTokens }) => [newTokens, cachedTokens])).toEqual([
      [500, 1000],
      [1000, 300],
    ]);
    expect(second.parts[0]).toEqual({ phase: "decode", sequences: 1, newTokens: 1, cachedTokens: 701 });
  });

  it("holds a lone prompt while every group decodes, until another comes or the hold is over", () => {
    const decodingTwo = (): RunningBatch<RunningRequest> => {
      const batch = new RunningBatch<RunningRequest>(rules);
      batch.admit(request(10));
      batch.admit(request(10));
      batch.finish(batch.next(), 1, one);
      return batch;
    };
    const waiting = decodingTwo();
    waiting.admit(request(10));
    const held = waiting.next();
    expect([held.chunks.length, held.decoding, held.alike]).toEqual([0, 2, holdPasses]);
    waiting.finish(held, 3, () => 3);
    waiting.admit(request(10));
    expect(waiting.next().chunks).toHaveLength(2);

    const lone = decodingTwo();
    lone.admit(request(10));
    for (let pass = 0; pass < holdPasses; pass++) {
      const next = lone.next();
      expect(next.chunks).toHaveLength(0);
      lone.finish(next, 1, one);
    }
    expect(lone.next().chunks).toHaveLength(1);
  });

  it("holds no prompt while a group has nothing to decode", () => {
    const batch = new RunningBatch<RunningRequest>(rules);
    batch.admit(request(10));
    batch.finish(batch.next(), 1, one);
    batch.admit(request(10));
    expect(batch.next().chunks).toHaveLength(1);
  });

  it("ends a sequence when it has its tokens", () => {
    const batch = new RunningBatch<RunningRequest>({ ...rules, groups: 1 });
    batch.admit(request(10, 4));
    expect(batch.finish(batch.next(), 1, one).finished).toHaveLength(0);
    const decoding = batch.next();
    expect(decoding.alike).toBe(3);
    expect(batch.finish(decoding, 3, () => 3).finished).toHaveLength(1);
    expect(batch.size).toBe(0);
  });
});
