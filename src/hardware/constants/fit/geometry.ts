import type { CompressedModuleShape } from "../../kernels/compressed-module.ts";
import type { DsaModuleShape } from "../../kernels/latent-module.ts";
import type { MsaModuleShape } from "../../kernels/block-module.ts";
import type { ModuleShape } from "../../kernels/modules.ts";
import type { MeasuredRow } from "./rows.ts";

// dimensions of the models whose modules were measured, from their config.json as kept in
// https://github.com/ai-dynamo/aiconfigurator/tree/095f58a/aic-core/src/aiconfigurator_core/model_configs

type Geometry<S extends ModuleShape> = Omit<S, keyof ModuleShape> & Pick<ModuleShape, "hidden">;

const deepseek: Geometry<DsaModuleShape> = {
  hidden: 7168,
  queryRank: 1536,
  latent: 512,
  rope: 64,
  keyDim: 128,
  valueDim: 128,
  indexHeads: 64,
  indexDim: 128,
  topK: 2048,
};

/** Models of latent attention: DeepSeek-V3 (with the index of V3.2) and GLM-5. */
export const latentModels = {
  "deepseek-v3": deepseek,
  "deepseek-r1": deepseek,
  "kimi-k2": deepseek,
  "glm-5": {
    ...deepseek,
    hidden: 6144,
    queryRank: 2048,
    keyDim: 192,
    valueDim: 256,
    indexHeads: 32,
  },
};

const flash = {
  hidden: 4096,
  heads: 64,
  queryRank: 1024,
  headDim: 512,
  outputGroups: 8,
  outputRank: 1024,
  window: 128,
  indexHeads: 64,
  indexDim: 128,
  topK: 512,
};

/** Models of compressed attention: DeepSeek-V4. */
export const compressedModels = {
  "v4-pro": { ...flash, hidden: 7168, heads: 128, queryRank: 1536, outputGroups: 16, topK: 1024 },
  "v4-flash": flash,
};

/** Layer of a DeepSeek-V4 model: CSA has an entry for every 4 tokens and an index, HCA an entry for every 128 tokens. */
export function compressedGeometry(
  model: (typeof compressedModels)["v4-flash"],
  kind: "csa" | "hca",
): Geometry<CompressedModuleShape> {
  const { indexHeads: heads, indexDim: dim, topK, ...rest } = model;
  return kind === "csa" ? { ...rest, pool: 4, index: { heads, dim, topK } } : { ...rest, pool: 128 };
}

/** Models of MSA: MiniMax-M3. The collector gives a GPU one kv head with an index head for every 16 query heads. */
export const msaModels = {
  "minimax-m3": { hidden: 6144, headDim: 128, indexDim: 128, block: 128, topBlocks: 16 },
} satisfies Record<string, Omit<Geometry<MsaModuleShape>, "kvHeads">>;

/** The model whose name is part of the name in the row: "deepseek-v3" for "deepseek-ai/DeepSeek-V3.2". */
export function modelOf<T>(row: MeasuredRow, models: Readonly<Record<string, T>>): T {
  const name = row.text("model").toLowerCase();
  const found = Object.keys(models).find((known) => name.includes(known));
  return found === undefined
    ? row.refuse("model", `a name with ${Object.keys(models).join(", ")} in it`)
    : models[found]!;
}
