import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../src/attention/spec.ts";
import { modelCost } from "../../../src/deployment/model-cost.ts";
import { nativeOf } from "../../../src/hardware/model.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { unwatched } from "../../../src/runs/watch.ts";
import { cacheOf } from "../../../src/studies/card/cache.ts";
import { foundBy, scoresOf } from "../../../src/studies/card/found.ts";
import type { FoundQuestion } from "../../../src/studies/card/found.ts";
import { cardsOf } from "../../../src/studies/card/run.ts";
import type { CardQuestion } from "../../../src/studies/card/run.ts";
import { memoryRows } from "../../../src/studies/racks/memory.ts";

const found: FoundQuestion = {
  task: "graphwalks",
  lengths: [4096, 65_536],
  trials: 10,
  seed: 0,
  mode: "mean-field",
};

const question = (...model: string[]): CardQuestion => ({
  racks: { system: ["gb200-nvl72"], model, context: [131_072, 1_048_576], kvDtype: "bf16", set: [] },
  users: 64,
  found,
});

describe.each([...models])("cache of $name on a card", (model) => {
  it("is what the layers' costs keep, at any length beyond the windows", () => {
    const spec = parseSpec(nativeOf(model));
    const cache = cacheOf(model, spec, "bf16");
    const tokens = 2 ** 21;
    const cost = modelCost(model, spec, tokens, "bf16");
    expect((cache.windowBytes + cache.tokenBytes * tokens) / cost.keptBytes).toBeCloseTo(1, 6);
    expect(cache.stateBytes).toBe(cost.stateBytes);
    if (cost.indexKeptBytes > 0)
      expect((cache.indexTokenBytes * tokens) / cost.indexKeptBytes).toBeCloseTo(1, 4);
    else expect(cache.indexTokenBytes).toBe(0);
  });
});

describe("cards of two models", () => {
  it("have their sizes, what engines set aside, users and times by part, and scores", async () => {
    const [oss, v32] = (await cardsOf(question("gpt-oss-20b", "deepseek-v3.2"), unwatched)) as [
      Awaited<ReturnType<typeof cardsOf>>[number],
      Awaited<ReturnType<typeof cardsOf>>[number],
    ];
    expect(oss).toMatchObject({ model: "gpt-oss-20b", longest: 131_072, beyond: [1_048_576] });
    expect(oss.parameters / 20.91e9).toBeCloseTo(1, 2);
    expect(oss.cache).toMatchObject({ tokenBytes: 24_576, windowBytes: 12 * 128 * 2048, stateBytes: 0 });
    expect(oss.racks.map(({ tokens }) => tokens)).toEqual([131_072]);
    const [rack] = oss.racks;
    const { decode, prefill } = rack!;
    expect(decode).toMatchObject({ asked: 64, users: 64 });
    expect(prefill!.seconds).toBeGreaterThan(prefill!.attentionSeconds + prefill!.feedForwardSeconds);
    const [memory] = memoryRows({
      system: ["gb200-nvl72"],
      model: ["gpt-oss-20b"],
      context: [131_072],
      kvDtype: ["bf16"],
      set: [],
      users: 1,
    });
    expect(rack!.users).toBe(memory!.usersPerRack);
    expect(oss.reserves.map(({ rule }) => rule)).toEqual(["ideal", "vllm", "sglang", "trtllm"]);
    expect(v32.cache).toMatchObject({ tokenBytes: 61 * 576 * 2, indexTokenBytes: 61 * 132 });
    expect(v32.found.scores.map(({ tokens }) => tokens)).toEqual(found.lengths);
    for (const { own, dense } of v32.found.scores) {
      expect(dense).toMatchObject({ trials: 10, kind: "t" });
      expect(own!.low).toBeLessThanOrEqual(own!.mean);
    }
  });

  it("decode with the users who fit where those asked for do not, and say both", async () => {
    const asked = { ...question("llama-3.1-405b"), users: 100_000, found: { ...found, lengths: [] } };
    const [card] = await cardsOf(asked, unwatched);
    const [rack] = card!.racks;
    expect(rack!.decode).toMatchObject({ asked: 100_000, users: rack!.users });
    expect(rack!.users).toBeLessThan(100_000);
  });
});

describe("what a model's attention finds", () => {
  it("has no scores, and a reason, where the simulator has no variant of it", async () => {
    const { scores, lacking } = await foundBy(null, found, scoresOf(found), () => undefined);
    expect(lacking).toBe("the simulator has no variant of it");
    expect(scores.every(({ own, dense }) => own === null && dense !== null)).toBe(true);
  });

  it("is worse through a window than with dense attention", async () => {
    const window = "layers(32*sink-window(sinks=0,window=128))";
    const { scores, lacking } = await foundBy(window, found, scoresOf(found), () => undefined);
    expect(lacking).toBeUndefined();
    for (const { own, dense } of scores) expect(own!.mean).toBeLessThan(dense!.mean);
  });

  it("runs in full numerics", async () => {
    const small = { ...found, lengths: [1024], trials: 1, mode: "numerics" as const };
    const { scores } = await foundBy("dsa", small, scoresOf(small), () => undefined);
    expect(scores[0]).toMatchObject({ tokens: 1024, own: { trials: 1 }, dense: { trials: 1 } });
  });
});
