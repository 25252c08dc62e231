import { weightFormatBytes } from "../weights/formats.ts";
import type { WeightFormat } from "../weights/formats.ts";
import { everyPart, storedIn } from "../weights/parts.ts";
import type { ModelStorage, PartStorage, WeightPart } from "../weights/parts.ts";
import type { ReadStorage } from "../weights/checkpoint.ts";
import { isObject, shownValue } from "../../core/json.ts";
import type { JsonObject } from "../../core/json.ts";
import { namedBy } from "./module-names.ts";
import { modulesOf } from "./modules.ts";
import type { NamedModule, NamedDims } from "./modules.ts";

/** Format of a module. */
type FormatOf = (module: NamedModule) => WeightFormat;

/** Message about a description that is not known. */
class Unread extends Error {}

/** Parts that no method converts unless it names them: these are no linear layers, or engines keep them wide. */
const keptWide: readonly WeightPart[] = ["embeddings", "router", "norms"];

/**
 * Reads how a config.json, or the hf_quant_config.json beside it, says that weights are stored. Without a
 * quantization_config they are in bf16.
 *
 * Methods: fp8 (DeepSeek, Qwen, MiniMax; with `expert_dtype` for FP4 experts), mxfp4 (gpt-oss), compressed-tensors,
 * modelopt, awq and gptq. Sources: transformers, quantizers and utils/quantization_config.py; compressed-tensors,
 * quantization/quant_config.py; modelopt, export/quant_utils.py.
 *
 * @param config of the whole model; a part of it may be `text_config`
 */
export function storageFromConfig(config: JsonObject, dims: NamedDims): ReadStorage {
  try {
    return { storage: storageBy(modulesOf(dims), formatsOf(config)) };
  } catch (error) {
    if (error instanceof Unread || error instanceof SyntaxError) return { unread: error.message };
    throw error;
  }
}

/** Mean bytes of each part, and the format of most of its weights. */
function storageBy(modules: readonly NamedModule[], formatOf: FormatOf): ModelStorage {
  const parts = new Map<WeightPart, Map<WeightFormat, number>>();
  for (const module of modules) {
    const counts = parts.get(module.part) ?? new Map<WeightFormat, number>();
    parts.set(module.part, counts);
    const format = formatOf(module);
    counts.set(format, (counts.get(format) ?? 0) + module.weights);
  }
  return everyPart((part) => {
    const counts = [...(parts.get(part) ?? [])].sort(([, a], [, b]) => b - a);
    return counts.length === 0 ? storedIn("bf16") : meanOf(counts);
  });
}

function meanOf(counts: readonly (readonly [WeightFormat, number])[]): PartStorage {
  const all = counts.reduce((sum, [, weights]) => sum + weights, 0);
  const bytes = counts.reduce((sum, [format, weights]) => sum + weightFormatBytes[format] * weights, 0);
  return { format: counts[0]![0], bytes: bytes / all };
}

const bf16: FormatOf = () => "bf16";

function formatsOf(config: JsonObject): FormatOf {
  const found = [config, ...Object.values(config).filter(isObject)].find(
    (each) => isObject(each["quantization_config"]) || isObject(each["quantization"]),
  );
  const read = found?.["quantization_config"] ?? found?.["quantization"];
  if (!isObject(read)) return bf16;
  const own = read["quant_method"] ?? (read["quant_algo"] === undefined ? undefined : "modelopt");
  const method = typeof own === "string" && Object.hasOwn(methods, own) ? methods[own] : undefined;
  if (method === undefined)
    throw new Unread(
      `quant_method must be one of ${Object.keys(methods).join(", ")}; got ${shownValue(own)}`,
    );
  return method(read, config);
}

const methods: Readonly<Record<string, (read: JsonObject, config: JsonObject) => FormatOf>> = {
  fp8(read, config) {
    const mixed = read["moe_quant_algo"];
    const experts =
      mixed !== undefined ? algorithm(mixed) : config["expert_dtype"] === "fp4" ? "mxfp4" : undefined;
    const format = Array.isArray(read["weight_block_size"]) ? "fp8" : "fp8-tensor";
    // a mixed checkpoint's `ignore` lists what stays in FP8
    const left = mixed === undefined ? leftOut(read) : [];
    const usual = except(left, () => format);
    // DeepSeek-V4.1: rows of FP8 with a byte of scale for each 32 numbers
    const converted: FormatOf = (module) => (module.names.includes("engram.embed") ? "mxfp8" : usual(module));
    return (module) => (module.part === "experts" ? (experts ?? converted(module)) : converted(module));
  },
  // transformers, integrations/mxfp4.py: experts alone are converted
  mxfp4: (read) => {
    const converted = except(leftOut(read), () => "mxfp4");
    return (module) => (module.part === "experts" ? converted(module) : "bf16");
  },
  "compressed-tensors": (read) => {
    const layered = layeredFormats(read);
    return layered ?? except(leftOut(read), groupFormat(read));
  },
  modelopt(read) {
    const layered = layeredFormats(read);
    if (layered !== undefined) return layered;
    const format = algorithm(read["quant_algo"]);
    return except(leftOut(read), () => format);
  },
  awq: (read) => except(leftOut(read), () => integers(read["bits"], read["group_size"])),
  gptq: (read) => except(leftOut(read), () => integers(read["bits"], read["group_size"])),
};

/** Names of the modules that a method leaves out. */
function leftOut(read: JsonObject): string[] {
  const keys = ["modules_to_not_convert", "ignored_layers", "ignore", "exclude_modules"];
  return keys.flatMap((key) => {
    const names = read[key];
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  });
}

/** Formats of modules, where the named ones and those that no method converts stay in bf16. */
function except(names: readonly string[], formatOf: (module: NamedModule) => WeightFormat): FormatOf {
  const isLeftOut = namedBy(names);
  return (module) =>
    keptWide.includes(module.part) || module.names.some(isLeftOut) ? "bf16" : formatOf(module);
}

/** Format of the only group of compressed-tensors. */
function groupFormat(read: JsonObject): () => WeightFormat {
  const groups = isObject(read["config_groups"]) ? Object.values(read["config_groups"]).filter(isObject) : [];
  const [first] = groups;
  if (first === undefined) throw new Unread("config_groups must have a group of weights");
  const format = weightsFormat(first["weights"]);
  return () => format;
}

/** Formats by module of a checkpoint that names its modules; undefined for one that names kinds of layers. */
function layeredFormats(read: JsonObject): FormatOf | undefined {
  const named = new Map<WeightFormat, string[]>();
  const add = (format: WeightFormat, names: readonly string[]): void => {
    named.set(format, [...(named.get(format) ?? []), ...names]);
  };
  const { quantized_layers: layers, config_groups: groups } = read;
  if (isObject(layers))
    for (const [name, each] of Object.entries(layers))
      if (isObject(each)) add(algorithm(each["quant_algo"]), [name]);
  if (named.size === 0 && isObject(groups))
    for (const group of Object.values(groups).filter(isObject)) {
      const targets = Array.isArray(group["targets"]) ? group["targets"].map(String) : [];
      if (targets.includes("Linear")) continue;
      add(weightsFormat(group["weights"]), targets);
    }
  if (named.size === 0) return undefined;
  const tests = [...named].map(([format, names]) => ({ format, has: namedBy(names) }));
  return (module) => tests.find(({ has }) => module.names.some(has))?.format ?? "bf16";
}

/** Format by the name of a modelopt algorithm. */
function algorithm(name: unknown): WeightFormat {
  const known: Readonly<Record<string, WeightFormat>> = {
    NVFP4: "nvfp4",
    W4A16_NVFP4: "nvfp4",
    W4A8_MXFP4_FP8: "mxfp4",
    MXFP4: "mxfp4",
    MXFP8: "mxfp8",
    FP8: "fp8-tensor",
    FP8_PER_CHANNEL_PER_TOKEN: "fp8-tensor",
    FP8_PB_WO: "fp8",
    W4A16_AWQ: "int4-128",
    W4A8_AWQ: "int4-128",
  };
  const format = typeof name === "string" && Object.hasOwn(known, name) ? known[name] : undefined;
  if (format === undefined)
    throw new Unread(`quant_algo must be one of ${Object.keys(known).join(", ")}; got ${shownValue(name)}`);
  return format;
}

/** Format of the weights of a group of compressed-tensors or modelopt. */
function weightsFormat(weights: unknown): WeightFormat {
  if (!isObject(weights)) throw new Unread("config_groups must describe weights");
  const { num_bits: bits, type, group_size: group, strategy } = weights;
  if (type === "int") return integers(bits, group);
  if (bits === 8) return group === 32 ? "mxfp8" : strategy === "block" ? "fp8" : "fp8-tensor";
  if (bits === 4 && group === 16) return "nvfp4";
  if (bits === 4 && group === 32) return "mxfp4";
  throw new Unread(
    `weights must be of 8 bits, or of 4 in groups of 16 or 32; got ${JSON.stringify({ bits, group })}`,
  );
}

function integers(bits: unknown, group: unknown): WeightFormat {
  if (bits === 4 && group === 32) return "int4";
  if (bits === 4 && group === 128) return "int4-128";
  throw new Unread(
    `integer weights must be of 4 bits in groups of 32 or 128; got ${JSON.stringify({ bits, group })}`,
  );
}
