import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { modelOf } from "../../src/files/machines.ts";
import { weightCounts } from "../../src/hardware/parameters.ts";
import { partOfTensor } from "../../src/hardware/weights/tensors.ts";

const config = {
  model_type: "llama",
  num_hidden_layers: 2,
  hidden_size: 64,
  vocab_size: 100,
  num_attention_heads: 4,
  intermediate_size: 128,
};

/** A file of weights of which only the header is read. */
function weights(tensors: Readonly<Record<string, readonly [dtype: string, bytes: number]>>): Buffer {
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, [dtype, bytes]]) => {
      const offsets = [end, (end += bytes)];
      return [name, { dtype, shape: [bytes], data_offsets: offsets }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}

const folderWith = (files: Readonly<Record<string, object | Buffer>>): string => {
  const folder = mkdtempSync(join(tmpdir(), "snapshot-"));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return folder;
};

it("a snapshot folder gives the bytes of its tensors by type and by part", () => {
  const shard = weights({
    "model.embed_tokens.weight": ["BF16", 12_800],
    "model.layers.0.self_attn.q_proj.weight": ["F8_E4M3", 4096],
    "model.layers.1.mlp.down_proj.weight": ["U8", 1000],
    "model.layers.2.mlp.down_proj.weight": ["BF16", 999_999],
    "visual.blocks.0.attn.qkv.weight": ["BF16", 500],
  });
  const model = modelOf(folderWith({ "config.json": config, "model.safetensors": shard }));
  expect(model.stored).toEqual([
    { type: "BF16", bytes: 12_800 + 999_999 + 500 },
    { type: "F8_E4M3", bytes: 4096 },
    { type: "U8", bytes: 1000 },
  ]);
  const read = model.checkpoints![0]!.stored();
  if (!("storage" in read)) throw new Error(read.unread);
  const counts = weightCounts(model);
  expect(read.storage.attention.bytes * counts.attention).toBeCloseTo(4096, 6);
  expect(read.storage.dense.bytes * counts.dense).toBeCloseTo(1000, 6);
  expect(read.storage.embeddings.bytes * counts.embeddings).toBeCloseTo(12_800, 6);
});

it("a folder without weights is its config.json, and hf_quant_config.json says how they are stored", () => {
  const described = { quantization: { quant_algo: "FP8", exclude_modules: ["lm_head"] } };
  const model = modelOf(folderWith({ "config.json": config, "hf_quant_config.json": described }));
  expect(model.stored).toBeUndefined();
  expect(model.checkpoints![0]!.stored()).toMatchObject({ storage: { dense: { format: "fp8-tensor" } } });
});

it("a folder that lacks a file of its index is refused", () => {
  const index = { weight_map: { a: "model-1.safetensors", b: "model-2.safetensors" } };
  const folder = folderWith({
    "config.json": config,
    "model-1.safetensors": weights({ a: ["BF16", 2] }),
    "model.safetensors.index.json": index,
  });
  expect(() => modelOf(folder)).toThrow("lacks model-2.safetensors, which its index names");
});

it("a file of an unknown family is read as another, and says which keys it did not understand", () => {
  const file = join(
    folderWith({ "config.json": { ...config, model_type: "novel", mixing_rank: 8 } }),
    "config.json",
  );
  expect(() => modelOf(file)).toThrow('"novel"; known: llama, mllama');
  expect(() => modelOf(file)).toThrow("its keys are like those of llama: --as llama");
  expect(() => modelOf(`${file}@llma`)).toThrow('unknown family "llma"; known: llama');
  expect(modelOf(`${file}@llama`)).toMatchObject({ hidden: { value: 64 }, unread: ["mixing_rank"] });
});

it("the name of a repository of the hub gets a hint", () => {
  expect(() => modelOf("Qwen/Qwen3-8B-Base")).toThrow(
    'Qwen/Qwen3-8B-Base is a repository of the Hugging Face hub, which is not asked: download its config.json and pass the file or its folder; the model "qwen3-8b" is built in',
  );
});

it.each([
  ["backbone.layers.3.mixer.A_log", "attention"],
  ["backbone.layers.3.mixer.experts.7.up_proj.weight", "experts"],
  ["backbone.layers.3.mixer.shared_experts.up_proj.weight", "shared"],
  ["model.layers.3.mlp.gate.weight", "router"],
  ["model.layers.3.mlp.gate_proj.weight", "dense"],
  ["model.layers.3.input_layernorm.weight", "norms"],
  ["model.language_model.layers.3.linear_attn.conv1d.weight", "attention"],
  ["mtp.layers.0.mlp.gate_proj.weight", undefined],
])("%s is of %s", (name, part) => {
  expect(partOfTensor(name, 10)).toBe(part);
});
