import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { drawTokens } from "../../../src/hardware/serving/replica.ts";
import { cycleOf, mostSequences, stepsFor } from "../../../src/hardware/serving/steady.ts";
import { workload } from "./toy.ts";

describe("stepsFor", () => {
  it("is the number of tokens without drafts", () => {
    expect(stepsFor(100, { tokens: 0, acceptance: 0.8 })).toBe(100);
    expect(stepsFor(0, { tokens: 2, acceptance: 0.8 })).toBe(0);
  });

  it("is the mean number of drawn steps that yield the tokens", () => {
    const drafts = { tokens: 3, acceptance: 0.7 };
    // two tokens: one step unless the first draft is refused
    expect(stepsFor(2, drafts)).toBeCloseTo(0.7 + 0.3 * 2, 12);
    const random = new Random("steps");
    const drawn = Array.from({ length: 20_000 }, () => {
      let [tokens, steps] = [0, 0];
      for (; tokens < 20; steps++) tokens += drawTokens(drafts, random);
      return steps;
    });
    const mean = drawn.reduce((sum, steps) => sum + steps, 0) / drawn.length;
    expect(stepsFor(20, drafts)).toBeCloseTo(mean, 1);
  });
});

describe("mostSequences", () => {
  it("is enough for every pass to carry full chunks", () => {
    // a prompt takes 4 passes and its answer 99 more: 26 waves of one prompt a group
    expect(mostSequences(8, workload({ inputTokens: 4000, chunkTokens: 1000 }))).toBe(8 * 26);
    // 8 prompts fill a pass
    expect(mostSequences(1, workload())).toBe(8 * 100);
  });
});

describe("cycleOf", () => {
  it("computes the prompts of all groups together, and decodes without prompts in between", () => {
    const asked = workload({ inputTokens: 4000, chunkTokens: 1000, outputTokens: 101 });
    const { requests, passes } = cycleOf({ groups: 8, chunkTokens: 1000 }, asked, 16);
    expect(requests).toBe(16);
    const count = (of: (pass: (typeof passes)[number]) => number): number =>
      passes.reduce((sum, pass) => sum + pass.passes * of(pass), 0);
    // two waves of 4 passes with 8 prompts; each sequence decodes in 100 passes of the cycle
    expect(count(({ prompts }) => (prompts > 0 ? 1 : 0))).toBe(8);
    expect(count(({ prompts }) => prompts)).toBe(16 * 4);
    expect(count(({ decoding }) => decoding)).toBeCloseTo(16 * 100, 9);
    expect(count(() => 1)).toBe(104);
  });

  it("keeps the sums of all passes in the few kinds that it tells apart", () => {
    const asked = workload({ inputTokens: 20_000, chunkTokens: 1000, outputTokens: 300 });
    const { passes } = cycleOf({ groups: 1, chunkTokens: 1000 }, asked, 7);
    expect(passes.length).toBeLessThan(30);
    const tokens = passes.reduce((sum, each) => sum + each.passes * each.prompts * each.newTokens, 0);
    expect(tokens).toBeCloseTo(7 * 20_000, 6);
    const pairs = passes.reduce(
      (sum, each) => sum + each.passes * each.prompts * each.newTokens * each.cachedTokens,
      0,
    );
    // chunks of 1000 behind 0, 1000, ... 19,000
    expect(pairs).toBeCloseTo(7 * 1000 * 190_000, 3);
    const contexts = passes.reduce((sum, each) => sum + each.passes * each.decoding * each.contextTokens, 0);
    // 299 steps behind 20,001 to 20,299 tokens
    expect(contexts / (7 * 299)).toBeCloseTo(20_150, 6);
  });
});
