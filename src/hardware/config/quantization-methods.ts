import type { WeightFormat } from "../weights/formats.ts";
import type { PartStorage, WeightPart } from "../weights/parts.ts";
import { isObject, shownValue } from "../../core/json.ts";
import type { JsonObject } from "../../core/json.ts";
import { namedBy } from "./module-names.ts";
import type { NamedModule } from "./modules.ts";

/** Format of a module, and the bytes of a weight if they are not the format's usual ones. */
export type FormatOf = (module: NamedModule) => WeightFormat | PartStorage;

/** Message about a description that is not known. */
export class Unread extends Error {}

/** Parts that no method converts unless it names them: these are no linear layers, or engines keep them wide. */
const keptWide: readonly WeightPart[] = ["embeddings", "router", "norms"];

/** Formats that each quant_method gives modules. */
export const quantizationMethods: Readonly<
  Record<string, (read: JsonObject, config: JsonObject) => FormatOf>
> = {
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
  awq: grouped,
  gptq: grouped,
  "auto-round": grouped,
  // a scale for each row
  fbgemm_fp8: (read) => except(leftOut(read), () => "fp8-tensor"),
  quark(read) {
    const global = read["global_quant_config"];
    const weights = isObject(global) ? global["weight"] : undefined;
    const { dtype, group_size: group } = isObject(weights) ? weights : {};
    const format: WeightFormat | undefined =
      dtype === "fp4" && group === 32 ? "mxfp4" : dtype === "fp8_e4m3" ? "fp8-tensor" : undefined;
    if (format === undefined)
      throw new Unread(
        `weights of quark must be fp8_e4m3, or fp4 in groups of 32; got ${JSON.stringify({ dtype, group })}`,
      );
    return except(leftOut(read), () => format);
  },
  // NF4: a float32 scale for each 64 weights; stored twice quantized, one byte and a float32 for each 256 of them
  bitsandbytes(read) {
    if (read["load_in_4bit"] !== true)
      throw new Unread("weights of bitsandbytes must be of 4 bits (load_in_4bit)");
    const scale = read["bnb_4bit_use_double_quant"] === true ? 1 + 4 / 256 : 4;
    return except([...leftOut(read), "lm_head"], () => ({ format: "int4", bytes: 0.5 + scale / 64 }));
  },
  // embeddings and head too; a scale and a bias of 16 bits for each group
  mlx(read) {
    const { bits, group_size: group, mode = "affine" } = read;
    if (bits !== 4 || typeof group !== "number" || mode !== "affine")
      throw new Unread(
        `weights of MLX must be of 4 bits in groups with a bias; got ${JSON.stringify({ bits, group, mode })}`,
      );
    return ({ part }) => (part === "norms" ? "bf16" : { format: "int4", bytes: 0.5 + 4 / group });
  },
};

/** Integers in groups, as AWQ, GPTQ and AutoRound store them. */
function grouped(read: JsonObject): FormatOf {
  const { bits, group_size: group } = read;
  return except(leftOut(read), () => integers(bits, group));
}

/** Names of the modules that a method leaves out. */
function leftOut(read: JsonObject): string[] {
  const keys = [
    "modules_to_not_convert",
    "llm_int8_skip_modules",
    "ignored_layers",
    "ignore",
    "exclude_modules",
    "exclude",
  ];
  return keys.flatMap((key) => {
    const names = read[key];
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  });
}

/** Formats of modules, where the named ones and those that no method converts stay in bf16. */
function except(names: readonly string[], formatOf: FormatOf): FormatOf {
  const isLeftOut = namedBy(names);
  return (module) =>
    keptWide.includes(module.part) || module.names.some(isLeftOut) ? "bf16" : formatOf(module);
}

/** Format of the only group of compressed-tensors. */
function groupFormat(read: JsonObject): FormatOf {
  const groups = isObject(read["config_groups"]) ? Object.values(read["config_groups"]).filter(isObject) : [];
  const [first] = groups;
  if (first === undefined) throw new Unread("config_groups must have a group of weights");
  const format = weightsFormat(first["weights"]);
  return () => format;
}

/** Formats by module of a checkpoint that names its modules; undefined for one that names kinds of layers. */
function layeredFormats(read: JsonObject): FormatOf | undefined {
  type Stored = ReturnType<FormatOf>;
  const named = new Map<string, { readonly format: Stored; readonly names: string[] }>();
  const add = (format: Stored, names: readonly string[]): void => {
    const key = JSON.stringify(format);
    named.set(key, { format, names: [...(named.get(key)?.names ?? []), ...names] });
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
  const tests = [...named.values()].map(({ format, names }) => ({ format, has: namedBy(names) }));
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
function weightsFormat(weights: unknown): WeightFormat | PartStorage {
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

/** Integers of 4 bits: a scale of 16 bits for each group, and a zero point of 4 bits for those of 128; one group a row is none. */
function integers(bits: unknown, group: unknown): WeightFormat | PartStorage {
  if (bits === 4 && group === 32) return "int4";
  if (bits === 4 && group === 128) return "int4-128";
  if (bits === 4 && typeof group === "number" && group > 0)
    return { format: "int4", bytes: 0.5 + 2.5 / group };
  if (bits === 4 && (group === -1 || group === null)) return { format: "int4-128", bytes: 0.5 };
  throw new Unread(`integer weights must be of 4 bits; got ${JSON.stringify({ bits, group })}`);
}
