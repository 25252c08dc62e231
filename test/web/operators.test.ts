import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { stepOn } from "../../src/deployment/decode.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import type { ModelOnSystem } from "../../src/deployment/division.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parseParallel } from "../../src/hardware/parallel.ts";
import { systems } from "../../src/hardware/systems/all.ts";
import { usualWeights } from "../../src/hardware/weights/choice.ts";
import { operatorsOf } from "../../src/web/library/operators.ts";

const decoding = { users: 64, tokens: 32_768 };

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const on = (systemName: string, modelName: string): ModelOnSystem => {
  const [system, model] = [systems.get(systemName), models.get(modelName)];
  const spec = parseSpec(nativeOf(model));
  return { system, model, spec, kvDtype: "fp8", weights: usualWeights(system, model) };
};

/** Relative difference of sums of the same terms in another order. */
const rounding = 1e-9;

describe.each(["gb200-nvl72", "gb300-nvl72", "h200"])("a step on %s", (system) => {
  it.each(["tp=8", "dp=8", "tp=4,pp=2"])("is the sum of its parts and of its operators: %s", (parallel) => {
    for (const model of models) {
      const asked = on(system, model.name);
      const step = stepOn(divisionOf(asked, parseParallel(parallel, model)), decoding);
      const { attentionSeconds, feedForwardSeconds, linkSeconds, headSeconds, waitSeconds } = step.pass;
      const parts = sum([attentionSeconds, feedForwardSeconds, linkSeconds, headSeconds, waitSeconds]);
      expect(Math.abs(parts / step.seconds - 1), model.name).toBeLessThan(rounding);
      const operators = operatorsOf(step.pass.time);
      const added = sum(operators.map(({ seconds, hiddenSeconds }) => seconds - hiddenSeconds));
      expect(Math.abs(added / step.tpotSeconds - 1), model.name).toBeLessThan(rounding);
      for (const { name, seconds, hiddenSeconds } of operators) {
        expect(hiddenSeconds, name).toBeGreaterThanOrEqual(0);
        expect(hiddenSeconds, name).toBeLessThanOrEqual(seconds * (1 + rounding));
      }
    }
  });
});

describe("time that a step hides", () => {
  const hiddenOn = (parallel: string, overlapLinks: boolean) => {
    const asked = on("gb200-nvl72", "deepseek-v3");
    const division = divisionOf({ ...asked, overlapLinks }, parseParallel(parallel, asked.model));
    const { pass, seconds } = stepOn(division, decoding);
    const operators = operatorsOf(pass.time);
    expect(
      Math.abs(sum(operators.map((each) => each.seconds - each.hiddenSeconds)) / seconds - 1),
    ).toBeLessThan(rounding);
    return { pass, hidden: operators.filter(({ hiddenSeconds }) => hiddenSeconds > 0) };
  };

  it("is that of shared experts beside routed ones", () => {
    const { hidden } = hiddenOn("dp=64", false);
    expect(hidden.map(({ name }) => name)).toEqual(["gemm nvfp4"]);
  });

  it("is that of exchanges behind the other half of the batch", () => {
    const { pass, hidden } = hiddenOn("dp=64", true);
    expect(hidden.length).toBeGreaterThan(0);
    for (const { linkBytes } of hidden) expect(linkBytes).toBeGreaterThan(0);
    const left = operatorsOf(pass.time).filter(({ linkBytes }) => linkBytes > 0);
    const shown = sum(left.map(({ seconds, hiddenSeconds }) => seconds - hiddenSeconds));
    expect(Math.abs(shown - pass.linkSeconds)).toBeLessThan(1e-9);
  });
});
