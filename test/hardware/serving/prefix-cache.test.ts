import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { closedLoop } from "../../../src/hardware/serving/arrival-source.ts";
import type { Request } from "../../../src/hardware/serving/arrivals.ts";
import { PrefixCache } from "../../../src/hardware/serving/prefix-cache.ts";
import type { PrefixMemory } from "../../../src/hardware/serving/prefix-cache.ts";
import { serveTrace, summarise } from "../../../src/hardware/serving/trace.ts";
import type { TraceSettings } from "../../../src/hardware/serving/trace.ts";
import { toy } from "./toy.ts";

const memory = (change: Partial<PrefixMemory> = {}): PrefixMemory => ({
  room: 1000,
  hostRoom: 0,
  kvBytes: (tokens) => tokens,
  ...change,
});
const blocks = (...ids: number[]): { tokens: number; ids: number[] } => ({ tokens: 100, ids });

/** Serves a request alone. */
const serve = (cache: PrefixCache, inputTokens: number, ...ids: number[]) => {
  const held = cache.admit(inputTokens, 10, blocks(...ids))!;
  cache.computed(held);
  cache.release(held);
  return held;
};

describe("PrefixCache", () => {
  it("finds the blocks of earlier prompts up to the first that differs, and computes a token at least", () => {
    const cache = new PrefixCache(memory());
    expect(serve(cache, 350, 1, 2, 3, 4).hbmTokens).toBe(0);
    // block 4 was not whole
    expect(serve(cache, 450, 1, 2, 3, 4, 5).hbmTokens).toBe(300);
    expect(serve(cache, 300, 1, 7, 3).hbmTokens).toBe(100);
    expect(serve(cache, 300, 1, 2, 3).hbmTokens).toBe(200);
    expect(cache.counts).toMatchObject({ promptTokens: 1400, hbmTokens: 600, evictedBlocks: 0 });
  });

  it("finds nothing of a prompt that is still computed, and holds shared blocks once", () => {
    const cache = new PrefixCache(memory());
    const first = cache.admit(300, 10, blocks(1, 2, 3))!;
    expect(cache.admit(300, 10, blocks(1, 2, 3))!.hbmTokens).toBe(0);
    expect(cache.heldBytes).toBe(620);
    cache.computed(first);
    expect(cache.admit(300, 10, blocks(1, 2, 3))!.hbmTokens).toBe(200);
    // its last block is made again, beside the first request's
    expect(cache.heldBytes).toBe(620 + 110);
  });

  it("evicts what was used least recently, the last block of a prompt first, and never what is read", () => {
    const cache = new PrefixCache(memory({ room: 640 }));
    serve(cache, 210, 1, 2);
    serve(cache, 210, 3, 4);
    const running = cache.admit(210, 10, blocks(1, 2))!;
    expect(running.hbmTokens).toBe(200);
    // 400 of blocks, 20 of the running request: 220 more fit, and 310 take a block
    serve(cache, 300, 7, 8, 9);
    expect(cache.counts).toMatchObject({ evictedBlocks: 1, evictedBytes: 100, droppedBlocks: 1 });
    expect(cache.tokensFound(210, blocks(3, 4))).toBe(100);
    expect(cache.admit(600, 10, blocks())).toBeUndefined();
    expect(cache.tokensFound(210, blocks(1, 2))).toBe(200);
  });

  it("keeps evicted blocks in the host's memory, and loads them", () => {
    const cache = new PrefixCache(memory({ room: 250, hostRoom: 150 }));
    serve(cache, 210, 1, 2);
    serve(cache, 210, 3, 4);
    // block 2 went first; then block 1 took its place
    expect(cache.counts).toMatchObject({ evictedBlocks: 2, storedBytes: 200, droppedBlocks: 1 });
    const back = serve(cache, 210, 1, 2);
    expect(back).toMatchObject({ hbmTokens: 0, hostTokens: 100, loadBytes: 100 });
  });
});

describe("a replay with blocks", () => {
  const requests: Request[] = Array.from({ length: 40 }, (_, i) => ({
    arrivalSeconds: i,
    inputTokens: 2000,
    outputTokens: 20,
    // four conversations by turns, which share one block
    blocks: { tokens: 500, ids: [0, ...[1, 2, 3].map((b) => 10 * (i % 4) + b)] },
  }));
  const settings = (change: Partial<TraceSettings> = {}): TraceSettings => ({
    maxBatch: 8,
    chunkTokens: 8192,
    cacheHits: 0,
    drafts: { tokens: 0, acceptance: 0 },
    ...change,
  });
  const of = (change: Partial<TraceSettings>, replica = toy()) => ({
    replica,
    summary: summarise(replica, serveTrace(replica, requests, settings(change), new Random(1))),
  });

  it("computes less with a prefix cache, and the same without one as without blocks", () => {
    const bare = requests.map(({ arrivalSeconds, inputTokens, outputTokens }) => ({
      arrivalSeconds,
      inputTokens,
      outputTokens,
    }));
    const replica = toy();
    const without = summarise(replica, serveTrace(replica, bare, settings(), new Random(1)));
    expect(of({ prefixTier: "off" }).summary).toEqual(without);
    const { prefix, ttftSeconds } = of({ prefixTier: "hbm" }).summary;
    // of each prompt but the first of a conversation three of four blocks, and of three of those the shared one
    expect(prefix!.hbmTokens).toBe(36 * 1500 + 3 * 500);
    expect(prefix!.evictedBlocks).toBe(0);
    expect(ttftSeconds.p50).toBeCloseTo(0.01 + 500e-5, 9);
  });

  it("evicts where HBM is short, and the host's memory then gives blocks back over its link", () => {
    // room for two prompts
    const tight = (): ReturnType<typeof toy> =>
      toy({ kvCapacity: 4.2e6, hostCapacity: 1e9, loadBandwidth: 1e8 });
    const hbm = of({ prefixTier: "hbm" }, tight()).summary.prefix!;
    expect(hbm.evictedBlocks).toBeGreaterThan(0);
    expect(hbm.droppedBlocks).toBe(hbm.evictedBlocks);
    const host = of({ prefixTier: "host" }, tight()).summary;
    expect(host.prefix!.droppedBlocks).toBe(0);
    expect(host.prefix!.hostTokens).toBeGreaterThan(0);
    expect(host.prefix!.hbmTokens + host.prefix!.hostTokens).toBe(36 * 1500 + 3 * 500);
    // a block of 500 tokens takes 5 ms
    expect(host.ttftSeconds.p50).toBeGreaterThan(0.01 + 500e-5);
  });
});

describe("a closed loop", () => {
  const requests: Request[] = [
    { arrivalSeconds: 0, inputTokens: 10, outputTokens: 1, session: 1 },
    { arrivalSeconds: 9, inputTokens: 20, outputTokens: 1, session: 1, thinkSeconds: 3 },
    { arrivalSeconds: 9, inputTokens: 30, outputTokens: 1, session: 2 },
    { arrivalSeconds: 9, inputTokens: 40, outputTokens: 1, session: 3 },
  ];

  it("asks a session's requests one after another, each after its answer and the time to think", () => {
    const source = closedLoop(requests, { count: 2 });
    const [a, b] = [source.take(), source.take()];
    expect([a, b].map(({ inputTokens, arrivalSeconds }) => [inputTokens, arrivalSeconds])).toEqual([
      [10, 0],
      [30, 0],
    ]);
    expect(source.next).toBeUndefined();
    source.answered(a, 5);
    source.answered(b, 6);
    expect(source.take()).toMatchObject({ inputTokens: 40, arrivalSeconds: 6 });
    expect(source.take()).toMatchObject({ inputTokens: 20, arrivalSeconds: 8 });
    expect(source.isDone).toBe(true);
  });

  it("never has more requests in the replica than users", () => {
    const many = Array.from({ length: 60 }, () => ({
      arrivalSeconds: 0,
      inputTokens: 500,
      outputTokens: 30,
    }));
    const { trips, meanBatch } = serveTrace(
      toy(),
      many,
      {
        maxBatch: 64,
        chunkTokens: 8192,
        cacheHits: 0,
        drafts: { tokens: 0, acceptance: 0 },
        users: { count: 3, thinkSeconds: 0.1 },
      },
      new Random(2),
    );
    expect(trips).toHaveLength(60);
    expect(meanBatch).toBeLessThanOrEqual(3);
    for (const { request } of trips)
      expect(
        trips.filter(
          (other) =>
            other.request.arrivalSeconds <= request.arrivalSeconds && other.finished > request.arrivalSeconds,
        ).length,
      ).toBeLessThanOrEqual(3);
  });
});
