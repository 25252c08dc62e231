import { groupBy } from "../../core/group.ts";
import type { WeightFormat } from "../weights/formats.ts";
import { everyPart, storedIn } from "../weights/parts.ts";
import type { ModelStorage } from "../weights/parts.ts";
import type { ReadStorage } from "../weights/checkpoint.ts";
import { isObject, shownValue } from "../../core/json.ts";
import type { JsonObject } from "../../core/json.ts";
import { quantizationMethods, Unread } from "./quantization-methods.ts";
import type { FormatOf } from "./quantization-methods.ts";
import { modulesOf } from "./modules.ts";
import type { NamedModule, NamedDims } from "./modules.ts";

/**
 * Reads how a config.json, or the hf_quant_config.json beside it, says that weights are stored. Without a
 * quantization_config they are in bf16.
 *
 * Methods: fp8 (DeepSeek, Qwen, MiniMax; with `expert_dtype` for FP4 experts), fbgemm_fp8, mxfp4 (gpt-oss), compressed-tensors,
 * modelopt, quark, awq, gptq, auto-round, bitsandbytes in 4 bits, and MLX. Sources: transformers, quantizers and
 * utils/quantization_config.py; compressed-tensors, quantization/quant_config.py; modelopt, export/quant_utils.py; mlx-lm,
 * mlx_lm/utils.py.
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
  const parts = groupBy(modules, ({ part }) => part);
  return everyPart((part) => {
    const own = parts.get(part) ?? [];
    const all = own.reduce((sum, { weights }) => sum + weights, 0);
    if (all === 0) return storedIn("bf16");
    const counts = new Map<WeightFormat, number>();
    let bytes = 0;
    for (const module of own) {
      const found = formatOf(module);
      const stored = typeof found === "string" ? storedIn(found) : found;
      counts.set(stored.format, (counts.get(stored.format) ?? 0) + module.weights);
      bytes += stored.bytes * module.weights;
    }
    const [[format]] = [...counts].sort(([, a], [, b]) => b - a) as [[WeightFormat, number]];
    return { format, bytes: bytes / all };
  });
}

const bf16: FormatOf = () => "bf16";

function formatsOf(config: JsonObject): FormatOf {
  const found = [config, ...Object.values(config).filter(isObject)].find(
    (each) => isObject(each["quantization_config"]) || isObject(each["quantization"]),
  );
  const read = found?.["quantization_config"] ?? found?.["quantization"];
  if (!isObject(read)) return bf16;
  const own = read["quant_method"] ?? unnamedMethod(read);
  const method =
    typeof own === "string" && Object.hasOwn(quantizationMethods, own) ? quantizationMethods[own] : undefined;
  if (method === undefined)
    throw new Unread(
      `quant_method must be one of ${Object.keys(quantizationMethods).join(", ")}; got ${shownValue(own)}`,
    );
  return method(read, config);
}

/** Method of a description that names none: modelopt's has an algorithm, MLX's bits and groups alone. */
function unnamedMethod(read: JsonObject): string | undefined {
  if (read["quant_algo"] !== undefined) return "modelopt";
  return read["bits"] !== undefined && read["group_size"] !== undefined ? "mlx" : undefined;
}
