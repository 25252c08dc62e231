import { describe, expect, it } from "vitest";
import { variants } from "../../../src/attention/registry.ts";
import { parseSpec } from "../../../src/attention/spec.ts";
import { parseBudget } from "../../../src/deployment/budget.ts";
import { divisionOf } from "../../../src/deployment/division.ts";
import { userBytesOn } from "../../../src/deployment/memory.ts";
import { hasEffect, modelCost } from "../../../src/deployment/model-cost.ts";
import { modelFrom, systemFrom } from "../../../src/hardware/config/user.ts";
import { parseRouting } from "../../../src/hardware/kernels/routing.ts";
import { attentionLayer } from "../../../src/hardware/layers/attention.ts";
import { attendingOf, expertsOf, nativeOf } from "../../../src/hardware/model.ts";
import type { Model } from "../../../src/hardware/model.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { override } from "../../../src/hardware/overrides.ts";
import { parseParallel, plansFor } from "../../../src/hardware/parallel.ts";
import { systems } from "../../../src/hardware/systems/all.ts";
import { attnsim } from "../../cli/attnsim.ts";

const all = [...models];
const numbers = Array.from({ length: 300 }, (_, i) => i + 1);

/** The message of a refusal; undefined if nothing is refused. */
function refusal(ask: () => unknown): string | undefined {
  try {
    ask();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe.each(all)("divisions of $name", (model: Model) => {
  it("refuse a tp that leaves a GPU with a part of a head, and say what is allowed", () => {
    for (const tp of numbers) {
      const whole = attendingOf(model)
        .map(attentionLayer)
        .every(({ queryHeads, kvHeads }) => {
          const kept = kvHeads >= tp ? kvHeads / tp : tp / kvHeads;
          return Number.isInteger(queryHeads / tp) && Number.isInteger(kept);
        });
      const ep = expertsOf(model).length > 0 ? ",ep=1" : "";
      const message = refusal(() => parseParallel(`tp=${tp}${ep}`, model));
      if (whole) expect(message).toBeUndefined();
      else expect(message).toMatch(/tp must divide the heads of .*: allowed 1, 2, .*; got/);
    }
  });

  it.each(["eplb", "power-law", "even"])(
    "refuse a dp that does not divide the experts, nor them and the copies of %s",
    (text) => {
      const routing = parseRouting(text);
      const copied = (count: number): number => (text === "eplb" ? Math.floor((count * 9) / 8) : count);
      for (const dp of numbers) {
        const divides = expertsOf(model).every((count) => count % dp === 0 || copied(count) % dp === 0);
        const message = refusal(() => parseParallel(`dp=${dp}`, model, routing));
        if (divides) expect(message).toBeUndefined();
        else
          expect(message).toMatch(/ep, by default .*, must divide the .* experts .*: allowed 1, 2, .*; got/);
      }
    },
  );

  it("take any dp with as many copies as it needs", () => {
    for (const dp of numbers)
      expect(() => parseParallel(`dp=${dp}`, model, parseRouting("eplb=1"))).not.toThrow();
  });

  it("that are searched are all allowed", () => {
    for (const gpus of [4, 7, 8, 36, 72, 144])
      for (const phase of ["prefill", "decode"] as const)
        expect(plansFor(model, gpus, phase).length).toBeGreaterThan(0);
  });

  it("keep a copy of a kv head on every GPU that shares it", () => {
    const spec = parseSpec(nativeOf(model));
    const system = systems.get("gb200-nvl72");
    const kept = (parallel: string): number =>
      userBytesOn(
        divisionOf({ system, model, spec, kvDtype: "fp8", weights: "fp8" }, parseParallel(parallel, model)),
        8192,
      ).kept;
    const kvHeads = Math.min(...model.attention.map((group) => attentionLayer(group).kvHeads));
    const most = Math.max(...plansFor(model, 64, "decode").map(({ tp }) => tp));
    if (model.attention.every((group) => attentionLayer(group).kvHeads === kvHeads) && most > kvHeads)
      expect(kept(`tp=${most}`) / kept("tp=1")).toBeCloseTo(most / kvHeads, 9);
  });
});

describe("a variant without effect", () => {
  it("leaves every cost of a decode step as it is", () => {
    for (const model of all)
      for (const name of variants.names()) {
        const spec = parseSpec(name);
        const effect = refusal(() => hasEffect(model, spec)) === undefined && hasEffect(model, spec);
        if (effect || refusal(() => modelCost(model, spec, 65_536, "fp8")) !== undefined) continue;
        expect(modelCost(model, spec, 65_536, "fp8"), `${name} in ${model.name}`).toEqual(
          modelCost(model, parseSpec(nativeOf(model)), 65_536, "fp8"),
        );
      }
  });

  it("is dense attention in hybrids, and nothing in models of dense attention", () => {
    const without = all.filter((model) => !hasEffect(model, parseSpec("dense"))).map(({ name }) => name);
    expect(without).toContain("kimi-linear");
    expect(without).not.toContain("llama-3.1-8b");
    expect(without).not.toContain("deepseek-v3.2");
    for (const model of all) {
      expect(hasEffect(model, parseSpec(nativeOf(model))), model.name).toBe(true);
      expect(hasEffect(model, parseSpec("dense+bf16")), model.name).toBe(true);
    }
  });
});

const on = "--system gb200-nvl72 --model";

describe("the command line", () => {
  const commands = ["memory", "decode", "prefill"];

  it.each(all.filter(({ context }) => context !== undefined))(
    "refuses contexts that $name was not made for, unless one insists",
    async ({ name, context }) => {
      const beyond = 2 * context!.value;
      for (const command of commands) {
        const line = `hardware ${command} ${on} ${name} --context ${beyond}`;
        const { code, err } = await attnsim(...line.split(" "));
        expect(code).toBe(2);
        expect(err).toContain(
          `${beyond} tokens of ${name}, made for at most ${context!.value}; --beyond insists`,
        );
      }
      const line = `hardware memory ${on} ${name} --context ${beyond} --beyond`;
      const { code, out } = await attnsim(...line.split(" "));
      expect(code).toBe(0);
      expect(out).toContain(`beyond, as --beyond insists: ${beyond} tokens of ${name}`);
    },
  );

  it("leaves contexts of its own out for models that were not made for them, and says so", async () => {
    const { code, out } = await attnsim(
      "hardware",
      "memory",
      "--system",
      "gb200-nvl72",
      "--model",
      "llama-3.1-8b",
    );
    expect(code).toBe(0);
    expect(out).toContain("left out: 1048576 tokens of llama-3.1-8b, made for at most 131072");
    expect(out.split("\n").filter((line) => line.startsWith("gb200"))).toHaveLength(1);
  });

  it.each(all)("drafts with $name only if it has layers that draft", async ({ name, mtp }) => {
    const line = `hardware decode ${on} ${name} --context 8K --users 1 --mtp 1 --parallel tp=1`;
    const { code, err } = await attnsim(...line.split(" "));
    expect(code).toBe(mtp === undefined ? 2 : 0);
    if (mtp === undefined)
      expect(err).toMatch(
        new RegExp(`${name} has no layers of multi-token prediction: --mtp must be 0; got 1; .*deepseek-v3,`),
      );
  });

  it.each([
    ["memory --model kimi-linear --variant dense --context 8K", "dense has no effect on kimi-linear"],
    ["serve --model kimi-linear --variant dense --input 8K --batch 1", "allowed: no --variant, or "],
    [
      "serve --model llama-3.1-8b --input 1M --batch 1",
      "1049600 tokens of llama-3.1-8b, made for at most 131072",
    ],
    ["pareto --model llama-3.1-8b --mtp 2 --input 8K --batch 1", "--mtp must be 0; got 2"],
    [
      "decode --model deepseek-v3 --context 8K --parallel dp=7",
      "allowed 1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32,",
    ],
    ["decode --model deepseek-v3 --context 8K --parallel dp=72 --routing even", "128, 256; got 72"],
    ["decode --model llama-3.1-8b --context 8K --parallel tp=3", "allowed 1, 2, 4, 8, 16, 32; got 3"],
    ["decode --model llama-3.1-8b --context 8K --gpus 8.5", "an integer >= 1"],
    ["decode --model llama-3.1-8b --context 8K --parallel tp=8.5", "tp must be an integer >= 1"],
    ["decode --model llama-3.1-8b --context 8K --set gpus=8.5", "gpus must be a whole number; got 8.5"],
    ["decode --model llama-3.1-8b --context 8K --sweep gpus=30%", "gpus must be a whole number; got 21.59"],
    ["memory --model llama-3.1-8b --context 8K --set host.processors=4.5", "must be a whole number; got 4.5"],
  ])("refuses hardware %s", async (line, message) => {
    const { code, err } = await attnsim(..."hardware ".concat(line, " --system gb200-nvl72").split(" "));
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});

it("a budget refuses a context that its model was not made for, unless it insists", () => {
  for (const { name, context } of all) {
    const budget = (rest: string) => () => parseBudget(`system=gb300-nvl72,model=${name},users=1,${rest}`);
    const beyond = context === undefined ? 2 ** 30 : 2 * context.value;
    if (context === undefined) expect(budget(`context=${beyond}`)).not.toThrow();
    else
      expect(budget(`context=${beyond}`)).toThrow(
        `budget: context must be at most ${context.value}, those that ${name} was made for; got ${beyond} (beyond=true insists)`,
      );
    expect(budget(`context=${beyond},beyond=true`)().context).toBe(beyond);
  }
  expect(() => override(systems.get("h100"), ["gpus=8.5"])).toThrow("gpus must be a whole number; got 8.5");
});

describe("files of users", () => {
  it.each(["gpus", "host.processors"])("give whole %s", (path) => {
    const [first, second] = path.split(".") as [string, string?];
    const data = { extends: "gb200-nvl72", [first]: second === undefined ? 8.5 : { [second]: 8.5 } };
    expect(() => systemFrom(data, "my-rack.yaml", "mine", systems)).toThrow(
      `my-rack.yaml: ${path} must be a whole number; got 8.5`,
    );
  });

  it("give whole dimensions of models", () => {
    for (const model of all) {
      const group = model.attention.findIndex((attention) => "queryHeads" in attention);
      const changed = { extends: model.name, attention: { [group]: { queryHeads: 8.5 } } };
      expect(() => modelFrom(changed, { file: "mine.yaml", fallback: "mine", models })).toThrow(
        `mine.yaml: attention.${group}.queryHeads must be a whole number; got 8.5`,
      );
    }
    const config = { model_type: "llama", num_hidden_layers: 2, hidden_size: 64, vocab_size: 99 };
    expect(() =>
      modelFrom({ ...config, num_attention_heads: 4.5 }, { file: "config.json", fallback: "mine", models }),
    ).toThrow('config.json: "num_attention_heads" must be an integer > 0; got 4.5');
  });
});
