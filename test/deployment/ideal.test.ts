import { expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { stepOf } from "../../src/deployment/decode.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import type { System } from "../../src/hardware/system.ts";
import { systems } from "../../src/hardware/systems/all.ts";
import { usualWeights } from "../../src/hardware/weights/choice.ts";

/** The step under ideal and with measured kernels. */
function steps(system: System, model: Model, variant: string): [ideal: number, measured: number] {
  const question = {
    system,
    model,
    spec: parseSpec(variant),
    weights: usualWeights(system, model),
    ...({ kvDtype: "fp8", users: 16, tokens: 65_536 } as const),
  };
  return [stepOf({ ...question, profile: "ideal" }).seconds, stepOf(question).seconds];
}

it.each([...models].map(({ name }) => name))(
  "an ideal step of %s is never longer than a measured one",
  (name) => {
    const model = models.get(name);
    for (const system of systems) {
      const [ideal, measured] = steps(system, model, nativeOf(model));
      expect(ideal, system.name).toBeGreaterThan(0);
      expect(ideal, system.name).toBeLessThanOrEqual(measured);
    }
  },
);

// a model of each kind of layer
it.each(["deepseek-v3", "llama-3.1-70b", "deepseek-v4-flash"])(
  "nor is one of %s with any variant",
  (name) => {
    for (const { name: variant, prefill } of variants) {
      if (prefill === "only") continue;
      const [ideal, measured] = steps(systems.get("gb200-nvl72"), models.get(name), variant);
      expect(ideal, variant).toBeLessThanOrEqual(measured);
    }
  },
);
