import { describe, expect, it } from "vitest";
import { machineOf, profiles } from "../../../src/hardware/kernels/machine.ts";
import { beside, kernelTime } from "../../../src/hardware/kernels/operator-time.ts";
import { feedForwardLayer } from "../../../src/hardware/layers/feed-forward.ts";
import type { MixtureFeedForward } from "../../../src/hardware/layers/feed-forward.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { parseParallel } from "../../../src/hardware/parallel.ts";
import { systems } from "../../../src/hardware/systems/all.ts";

const kernel = (seconds: number, hbm: number) =>
  kernelTime("kernel", seconds, [{ what: "HBM", seconds: hbm, amount: 1, unit: "B" }]);

describe("kernels beside others", () => {
  it("take the longer of both, and no less than the HBM accesses of all", () => {
    expect(beside("both", [kernel(3, 1), kernel(2, 1)], [kernel(4, 1)]).seconds).toBe(5);
    expect(beside("both", [kernel(3, 1)], [kernel(4, 2)]).seconds).toBe(4);
    expect(beside("both", [kernel(3, 3)], [kernel(4, 4)]).seconds).toBe(7);
  });

  it("count no bytes that go over links as accesses of HBM", () => {
    const link = kernelTime("link", 3, [{ what: "link", seconds: 3, amount: 1, unit: "B" }], {
      linkBytes: 1,
    });
    expect(beside("both", [link], [kernel(3, 3)]).seconds).toBe(3);
  });
});

const model = models.get("deepseek-v3");
const mixture = model.feedForward.find((group): group is MixtureFeedForward => group.kind === "mixture")!;
const { shared, ...routed } = mixture;

describe.each(profiles)("shared experts on a second stream, %s", (profile) => {
  const machine = machineOf(systems.get("gb200-nvl72"), profile);
  const precisions = { dense: "fp8", shared: "fp8", experts: "nvfp4", router: "bf16" } as const;

  it.each(["tp=8", "dp=8", "dp=48"])("take no more time than in turn, and no less than none: %s", (text) => {
    const rank = {
      machine,
      hidden: model.hidden.value,
      weights: precisions,
      parallel: parseParallel(text, model),
    };
    for (const own of [1, 64, 1024, 16_384]) {
      const all = text === "tp=8" ? own : own * rank.parallel.dp;
      const time = (group: MixtureFeedForward, secondStream: boolean): number =>
        feedForwardLayer(group).time(rank, { own, all, secondStream }).seconds;
      const side = time(mixture, true);
      expect(shared).toBeDefined();
      expect(side).toBeLessThanOrEqual(time(mixture, false));
      expect(side).toBeGreaterThanOrEqual(time(routed, true));
    }
  });

  it("moves fewer rows on ranks that are sent only tokens with an expert of theirs", () => {
    const rank = (text: string) => ({
      machine,
      hidden: model.hidden.value,
      weights: precisions,
      parallel: parseParallel(text, model),
    });
    const bytes = (text: string, own: number): number =>
      feedForwardLayer(routed).time(rank(text), { own, all: 4096, secondStream: false }).bytes;
    // with the same experts on a rank, all 4,096 tokens pass it without an exchange, and a quarter with one
    expect(bytes("dp=32", 4096 / 32)).toBeLessThan(bytes("tp=32", 4096));
  });
});
