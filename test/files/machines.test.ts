import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { modelOf, readMachine, systemOf } from "../../src/files/machines.ts";
import { loadPlugin } from "../../src/runs/plugins.ts";
import { parseBudget } from "../../src/deployment/budget.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-machines-"));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const local = `
gpus: 4
gpu: { hbm: 96GB, hbmBandwidth: 4 TB/s, bf16: 1PFLOP/s, fp8: 2PFLOP/s }
reserved: { share: 0.95, runtime: 2GB, collectives: 1MB }
source: { title: our own measurements, url: "https://example.org" }
`;

describe("a system of one's own", () => {
  it("extends another, which keeps what is not given", () => {
    const path = file(
      "big-rack.yaml",
      "extends: gb200-nvl72\ngpu: { hbm: 288GB }\nhost: { memory: 960GB }\n",
    );
    const [own, base] = [systemOf(path), catalog.systems.get("gb200-nvl72")];
    expect(own).toMatchObject({
      name: "big-rack",
      gpu: { hbm: { value: 288e9 } },
      host: { memory: { value: 960e9 } },
    });
    expect(own.gpu.hbm.source.title).toBe(path);
    expect(own.gpu.fp8).toBe(base.gpu.fp8);
    expect(own.host?.toGpu).toBe(base.host?.toGpu);
  });

  it("stands alone with the quantities that every system has", () => {
    const own = systemOf(file("four.yaml", local));
    expect(own).toMatchObject({ name: "four", gpus: { value: 4 }, reserved: { share: { value: 0.95 } } });
    expect(own.gpu.hbmBandwidth).toMatchObject({ value: 4e12, source: { title: "our own measurements" } });
    expect(own.host).toBeUndefined();
  });

  it.each([
    ["extends: gb200-nvl72\ngpu: { hmb: 1GB }", 'a system has no "gpu.hmb"; known: name, summary, extends'],
    ["extends: gb200-nvl72\ngpu: { hbm: 288 }", "gpu.hbm must be a number > 0 in B"],
    ["extends: gb200-nvl72\ngpu: { hbm: true }", "gpu.hbm must be a number with its unit; got true"],
    ["extends: gb200\ngpus: 8", 'unknown system "gb200"; known: h100'],
    ["extends: [a]\ngpus: 8", 'extends must be a name; got ["a"]'],
    ["gpus: 4\ngpu: { hbm: 1GB }", "lacks gpu.hbmBandwidth, gpu.bf16, gpu.fp8, reserved.share"],
    ["gpus: 4\nsource: me", 'source must be {title, url}; got "me"'],
    ["gpus: 4\nname: 5", "name must be a text; got 5"],
    ["gpus: [4", "is no YAML or JSON"],
  ])("%#: names the key that is wrong", (content, message) => {
    expect(() => systemOf(file("wrong.yaml", content))).toThrow(message);
  });

  it("that is not there is refused", () => {
    expect(() => systemOf(join(folder, "nothing.yaml"))).toThrow("there is no such file");
  });
});

const config = {
  model_type: "llama",
  num_hidden_layers: 4,
  hidden_size: 512,
  vocab_size: 1000,
  num_attention_heads: 8,
  intermediate_size: 1024,
};

describe("a model of one's own", () => {
  it("is a config.json, called as its folder or file", () => {
    expect(modelOf(file("tiny.json", JSON.stringify(config)))).toMatchObject({
      name: "tiny",
      hidden: { value: 512 },
    });
    expect(modelOf(file("config.json", JSON.stringify(config))).name).toMatch(/^attnsim-machines-/);
  });

  it("may have the numbers that Python writes, in a long file too", () => {
    const text = `{ "model_type": "llama", "hidden_size": 64, "num_attention_heads": 2, "vocab_size": 99, "intermediate_size": 128,
      "num_hidden_layers": 2, "time_step_limit": [0.0, Infinity], "initializer": NaN, "_note": "NaN and ${"-".repeat(60_000)}" }`;
    for (const content of [text, text.replace(/-+/, "")])
      expect(modelOf(file("python.json", content))).toMatchObject({ hidden: { value: 64 } });
  });

  it("is no folder without a config.json", () => {
    const snapshot = mkdtempSync(join(folder, "weights-"));
    writeFileSync(join(snapshot, "model.safetensors"), "");
    expect(() => modelOf(snapshot)).toThrow("is a folder without a config.json that can be read");
  });

  it("is the same keys in YAML, with a name and a plan", () => {
    const keys = Object.entries(config).map(([key, value]) => `${key}: ${value}`);
    const path = file("mine.yaml", ["name: tiny-llama", "plan: layers(2*dense|2*quest)", ...keys].join("\n"));
    expect(modelOf(path)).toMatchObject({ name: "tiny-llama", plan: "layers(2*dense|2*quest)" });
  });

  it("extends another by path, and drops what its makers say of it", () => {
    const path = file("half.yaml", "extends: deepseek-v3.2\nattention: { 0: { indexer: { read: 1024 } } }\n");
    const own = modelOf(path);
    expect(own.attention[0]).toMatchObject({ indexer: { read: { value: 1024 }, heads: { value: 64 } } });
    expect(own.published).toBeUndefined();
    expect(readMachine(path)).toEqual(own);
  });

  it.each([
    ["extends: deepseek-v3\nattention: { 0: { window: 4 } }", 'deepseek-v3 has no "attention.0.window"'],
    ["extends: deepseek\n", 'unknown model "deepseek"; known: llama-3.1-405b'],
    ["model_type: llama\nnum_hidden_layers: 4\n", 'lacks "num_attention_heads"'],
    ["model_type: llama\nplan: 4\n", "plan must be a layer plan; got 4"],
    ["- 4", "a model must be a mapping of keys"],
  ])("%#: names the key that is wrong", (content, message) => {
    expect(() => modelOf(file("wrong.yaml", content))).toThrow(message);
  });
});

it("both are known by name as plugins, in budgets too", async () => {
  await loadPlugin(file("plugged-rack.yaml", local));
  await loadPlugin(file("plugged-model.json", JSON.stringify(config)));
  const { system, model } = parseBudget("system=plugged-rack,model=plugged-model,users=2,gpu.hbm=40GB");
  expect([system.gpu.hbm.value, model.name]).toEqual([40e9, "plugged-model"]);
});
