import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paretoFront } from "../../../src/hardware/serving/pareto.ts";
import { dollarsPerMillion } from "../../../src/hardware/serving/price.ts";
import { tokensPerStep } from "../../../src/hardware/serving/replica.ts";
import { prefillAlone, serveApart, serveTogether } from "../../../src/hardware/serving/serve.ts";
import type { PrefillReplica } from "../../../src/hardware/serving/serve.ts";
import { checkWorkload } from "../../../src/hardware/serving/workload.ts";
import type { Workload } from "../../../src/hardware/serving/workload.ts";
import { toy, workload } from "./toy.ts";

describe("dollarsPerMillion", () => {
  it("gives the prices that DeepSeek's day 6 figures imply: 8 GPUs at $2, 73.7k in and 14.8k out a second", () => {
    expect(dollarsPerMillion(2, 8, 73_700, 1)).toBeCloseTo(0.0603, 4);
    expect(dollarsPerMillion(2, 8, 14_800, 1)).toBeCloseTo(0.3003, 4);
  });
});

describe("tokensPerStep", () => {
  it("is the geometric sum of the drafts that are accepted", () => {
    expect(tokensPerStep({ tokens: 0, acceptance: 0.9 })).toBe(1);
    expect(tokensPerStep({ tokens: 1, acceptance: 0.85 })).toBeCloseTo(1.85, 12);
    expect(tokensPerStep({ tokens: 3, acceptance: 0.8 })).toBeCloseTo((1 - 0.8 ** 4) / 0.2, 12);
    expect(tokensPerStep({ tokens: 3, acceptance: 1 })).toBe(4);
  });
});

describe("serveTogether", () => {
  it("adds the time to the first token up from chunks, and answers after thinking", () => {
    // one user: 3 chunks of a full pass each, then 99 steps
    const served = serveTogether(
      toy(),
      workload({ inputTokens: 3000, chunkTokens: 1000, thinkTokens: 40 }),
      1,
      2,
    );
    expect(served.prefillSeconds).toBeCloseTo(3 * 0.02, 12);
    expect(served.firstAnswerSeconds).toBeCloseTo(served.ttftSeconds + 40 * served.tpotSeconds, 12);
    expect(served.tpotSeconds).toBeCloseTo(0.01001, 12);
    expect(served.requestsPerSecond).toBeCloseTo(1 / (3 * 0.02 + 99 * 0.01001), 12);
  });

  it("computes the prompts of two users in turn, each beside the other's decoding", () => {
    // a cycle has 3 + 99 passes, of which 6 have a chunk: 3 of them beside a sequence that decodes, 3 of each prompt
    const served = serveTogether(toy(), workload({ inputTokens: 3000, chunkTokens: 1000 }), 2, 2);
    const cycle = 102 * 0.01 + 6 * 0.01 + 2 * 99 * 1e-5;
    expect(served.requestsPerSecond).toBeCloseTo(2 / cycle, 9);
  });

  it("keeps input, output and total apart, and their prices add up to the machine's", () => {
    const served = serveTogether(toy(), workload({ utilisation: 0.5 }), 16, 3);
    expect(served.inputPerGpu / served.outputPerGpu).toBeCloseTo(10, 9);
    expect(served.totalPerGpu).toBeCloseTo(served.inputPerGpu + served.outputPerGpu, 9);
    const spent =
      (served.dollarsPerMillionInput * served.inputPerGpu +
        served.dollarsPerMillionOutput * served.outputPerGpu) *
      4 *
      3600 *
      0.5;
    expect(spent / 1e6).toBeCloseTo(4 * 3, 9);
  });

  it("lets no more sequences decode than full chunks can replace", () => {
    // a prompt takes 10 passes, its answer 99 more: 11 sequences fill every pass
    const served = serveTogether(toy(), workload({ inputTokens: 10_000, chunkTokens: 1000 }), 64, 2);
    expect(served.batch).toBe(11);
    expect(served.inputPerGpu * 4).toBeCloseTo(1000 / (0.02 + served.decoding * 1e-5), 0);
  });

  it("reads a stored prefix in place of computing it", () => {
    const plain = serveTogether(toy(), workload({ inputTokens: 8000 }), 8, 2);
    const stored = serveTogether(toy(), workload({ inputTokens: 8000, cacheHits: 0.75 }), 8, 2);
    expect(stored.loadSeconds).toBeCloseTo((6000 * 1000) / 1e9, 12);
    expect(stored.ttftSeconds).toBeLessThan(plain.ttftSeconds);
    expect(stored.inputPerGpu).toBeGreaterThan(plain.inputPerGpu);
  });

  it("says when the caches of the batch do not fit", () => {
    expect(serveTogether(toy(), workload({ chunkTokens: 10_000 }), 909, 2).fits).toBe(true);
    expect(serveTogether(toy(), workload({ chunkTokens: 10_000 }), 910, 2).fits).toBe(false);
  });
});

/** A replica that only prefills the prompts of a workload. */
const prefilling = (asked: Workload): PrefillReplica => ({ replica: toy(), ...prefillAlone(toy(), asked) });

describe("serveApart", () => {
  it("takes as many prefill GPUs as keep up with decoding", () => {
    const prefill = prefilling(workload());
    const served = serveApart({ prefill, decode: toy() }, workload(), 32, 2);
    const { sequences, seconds } = prefill;
    expect(sequences).toBe(8);
    const prefillGpus = served.gpus - 4;
    expect(((prefillGpus / 4) * 0.9 * sequences) / seconds).toBeCloseTo(served.requestsPerSecond, 9);
    expect(served.requestsPerSecond).toBeCloseTo((0.92 * 32) / (100 * (0.01 + 32e-5)), 9);
    expect(served.transferSeconds).toBeCloseTo(1e6 / 1e10, 12);
  });

  it("speeds a user up by accepted drafts, less what drafting takes", () => {
    const drafts = workload({ drafts: { tokens: 1, acceptance: 0.8 } });
    const pair = (asked: Workload): Parameters<typeof serveApart>[0] => ({
      prefill: prefilling(asked),
      decode: toy(),
    });
    const plain = serveApart(pair(workload()), workload(), 8, 2);
    const drafted = serveApart(pair(drafts), drafts, 8, 2);
    const step = 0.01 + 16e-5 + 0.001;
    expect(drafted.tpotSeconds).toBeCloseTo(step / 1.8, 12);
    expect(drafted.tokensPerSecondPerUser).toBeGreaterThan(plain.tokensPerSecondPerUser);
  });
});

describe("checkWorkload", () => {
  it.each([
    [{ cacheHits: 1 }, "cache hit rate must be in [0, 1); got 1"],
    [{ thinkTokens: 100 }, "think tokens must be an integer in [0, 99]: of the 100 output tokens; got 100"],
    [{ utilisation: 0 }, "utilisation must be in (0, 1]; got 0"],
    [{ drafts: { tokens: 1, acceptance: 1.2 } }, "draft acceptance must be in [0, 1]; got 1.2"],
  ])("refuses %o", (change, message) => {
    expect(() => checkWorkload(workload(change))).toThrow(message);
  });
});

describe("paretoFront", () => {
  it("holds exactly the members that no other beats", () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1 }), (points) => {
        const front = paretoFront(points, [([x]) => x, ([, y]) => y]);
        const beaten = ([x, y]: [number, number]): boolean =>
          points.some(([a, b]) => a >= x && b >= y && (a > x || b > y));
        expect(front).toEqual(points.filter((point) => !beaten(point)));
      }),
    );
  });
});
