import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { planOf } from "../../src/hardware/config/plan.ts";
import { layersOf, nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parametersOf } from "../../src/hardware/parameters.ts";
import { quantitiesOf } from "../../src/hardware/quantities.ts";

const folder = new URL("configs/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));
const configOf = (name: string): object =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as object;
const read = (config: unknown): Model =>
  modelFromConfig({ name: "mine", summary: "", sources: [] }, config, { title: "config.json", url: "" });

/** What a model is made of, wherever it was read. */
const numbers = (model: Model): unknown =>
  quantitiesOf(model).flatMap(([path, { value }]) => (path.startsWith("published") ? [] : [[path, value]]));

describe("config.json", () => {
  it.each(names.filter((name) => models.has(name)))(
    "of %s, whole, gives the model that is built in",
    (name) => {
      const [own, whole] = [models.get(name), read(configOf(name))];
      expect(numbers(whole)).toEqual(numbers(own));
      expect(parametersOf(whole)).toEqual(parametersOf(own));
      expect(whole.attention.map(({ kind }) => kind)).toEqual(own.attention.map(({ kind }) => kind));
      expect(() => parseSpec(nativeOf(whole))).not.toThrow();
    },
  );

  it("gives Mixtral 8x7B its 46.7B parameters, 12.9B of them active", () => {
    const { total, active } = parametersOf(read(configOf("mixtral-8x7b")));
    expect(total / 1e9).toBeCloseTo(46.7, 1);
    expect(active / 1e9).toBeCloseTo(12.9 - 0.13, 1); // an embedding is looked up
  });

  it.each([
    ["kimi-k3", "layers(23*(3*kda|dense)|dense)"],
    ["qwen3.5-397b", "layers(15*(3*gated-deltanet|dense))"],
    ["minimax-m3", "layers(3*dense|57*msa)"],
    ["gpt-oss-120b", "layers(18*(sink-window(sinks=0,window=128)|dense))"],
    ["deepseek-v4-pro", "layers(hca|30*(hca|csa(indexHeads=64)))"],
    ["glm-5.2", "layers(2*dsa(indexHeads=32)|76*index-share(indexHeads=32))"],
    ["deepseek-v3.2", "dsa(indexHeads=64)"],
  ])("of %s is the plan %s", (name, plan) => {
    expect(parseSpec(nativeOf(read(configOf(name)))).text).toBe(plan);
  });

  it("says which key every number is from", () => {
    const model = read(configOf("kimi-k3"));
    expect(model.hidden.source).toMatchObject({ title: "config.json", where: "text_config.hidden_size" });
    expect(layersOf(model)).toBe(93);
  });
});

const llama = {
  model_type: "llama",
  num_hidden_layers: 4,
  hidden_size: 512,
  vocab_size: 1000,
  num_attention_heads: 8,
  intermediate_size: 1024,
};

describe("families", () => {
  const window = (config: object): (number | undefined)[] =>
    read({ ...llama, ...config }).attention.flatMap((group) =>
      group.kind === "grouped-query"
        ? Array.from({ length: group.layers.value }, () => group.window?.value)
        : [],
    );

  it("without kv heads or a head's width have one kv head for each query head", () => {
    expect(read(llama).attention).toMatchObject([
      { kind: "grouped-query", kvHeads: { value: 8 }, headDim: { value: 64 }, layers: { value: 4 } },
    ]);
  });

  it.each([
    ["Mistral: all layers", { model_type: "mistral", sliding_window: 100 }, [100, 100, 100, 100]],
    [
      "Mistral: none",
      { model_type: "mistral", sliding_window: null },
      [undefined, undefined, undefined, undefined],
    ],
    ["Gemma 2: every other", { model_type: "gemma2", sliding_window: 100 }, [100, 100, undefined, undefined]],
    [
      "Qwen 2, switched off",
      { model_type: "qwen2", sliding_window: 100, use_sliding_window: false },
      [undefined, undefined, undefined, undefined],
    ],
    [
      "Qwen 2, after the first layers",
      { model_type: "qwen2", sliding_window: 100, use_sliding_window: true, max_window_layers: 3 },
      [undefined, undefined, undefined, 100],
    ],
  ])("have their windows: %s", (_, config, expected) => {
    expect(window(config)).toEqual(expected);
  });

  it("with experts in some layers count the others as dense", () => {
    const { feedForward } = read({
      ...llama,
      model_type: "qwen3_moe",
      num_experts: 8,
      num_experts_per_tok: 2,
      moe_intermediate_size: 256,
      decoder_sparse_step: 2,
      mlp_only_layers: [3],
    });
    expect(feedForward).toMatchObject([
      { kind: "dense", layers: { value: 3 }, intermediate: { value: 1024 } },
      { kind: "mixture", layers: { value: 1 }, experts: { value: 8 }, intermediate: { value: 256 } },
    ]);
  });
});

describe("a config.json that cannot be read", () => {
  const without = (key: string): object =>
    Object.fromEntries(Object.entries(llama).filter(([name]) => name !== key));

  it.each(Object.keys(llama))("names the key that it lacks: %s", (key) => {
    expect(() => read(without(key))).toThrow(`config.json lacks "${key}"`);
  });

  it.each([
    [{ ...llama, hidden_size: "512" }, '"hidden_size" must be an integer > 0; got "512"'],
    [{ ...llama, model_type: "mamba" }, 'unknown model_type of config.json "mamba"; known: llama, mistral'],
    [{ ...llama, layer_types: ["full_attention"] }, '"layer_types" must be a list of at least 4 values'],
    [
      { text_config: { ...llama, hidden_size: 0 } },
      '"text_config.hidden_size" must be an integer > 0; got 0',
    ],
    [[], "config.json: a model must be an object of keys"],
  ])("%#: says what is wrong", (config, message) => {
    expect(() => read(config)).toThrow(message);
  });

  it("names every key that would do", () => {
    expect(() => read({ ...llama, num_experts: 8, moe_intermediate_size: 64 })).toThrow(
      'lacks "num_experts_per_tok" (or "num_experts_per_token", "experts_per_token")',
    );
  });
});

describe("planOf", () => {
  it.each([
    ["aabaab", "layers(2*(2*a|b))"],
    ["caabaabd", "layers(c|2*(2*a|b)|d)"],
    ["aaaa", "layers(4*a)"],
    ["abc", "layers(a|b|c)"],
  ])("spells %s as %s", (letters, plan) => {
    expect(planOf(Array.from(letters))).toBe(plan);
  });
});
