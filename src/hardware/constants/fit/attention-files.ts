import { gqaDecode, gqaPrefill } from "../../kernels/gqa.ts";
import { mlaDecode, mlaPrefill } from "../../kernels/mla.ts";
import { causalPairs } from "../../kernels/pairs.ts";
import { indexLogits, sparseAttention, topK } from "../../kernels/sparse.ts";
import { cacheDtypes } from "./dtypes.ts";
import type { MeasuredFile } from "./file.ts";
import type { MeasuredRow } from "./rows.ts";

const gqaHeads = (row: MeasuredRow) => ({
  queryHeads: row.number("query_heads", 1),
  kvHeads: row.number("kv_heads", 1),
  headDim: row.number("head_dim", 1),
  window: row.number("window"),
  kvDtype: row.choice("dtype", cacheDtypes),
});

const mlaHeads = (row: MeasuredRow) => ({
  queryHeads: row.number("query_heads", 1),
  kvDtype: row.choice("kv_dtype", cacheDtypes),
});

/** Tokens of a prefill; files without `prefix_tokens` have empty caches. */
export const prefillTokens = (row: MeasuredRow, prefixTokens = 0) => ({
  requests: row.number("batch", 1),
  newTokens: row.number("new_tokens", 1),
  prefixTokens,
});

export const decodeTokens = (row: MeasuredRow) => ({
  requests: row.number("batch", 1),
  contextTokens: row.number("context_tokens") + 1,
});

/** GLM-5.2: 32 index heads of 128, FP8 keys with a float32 scale, the best 2048 tokens. */
const glm = { indexHeads: 32, indexDim: 128, keyBytes: 132, k: 2048, latent: 512, rope: 64 };

/** Chunk of a GLM-5.2 row: each new token sees the prefix and the new tokens before it. */
function chunk(row: MeasuredRow) {
  const { requests, newTokens, prefixTokens } = prefillTokens(row, row.number("prefix_tokens"));
  const keys = requests * (newTokens + prefixTokens);
  return { requests, newTokens, prefixTokens, queries: requests * newTokens, keys };
}

export const attentionFiles: readonly MeasuredFile[] = [
  {
    file: "gqa-prefill",
    predict: (machine, row) => gqaPrefill(machine, { ...gqaHeads(row), ...prefillTokens(row) }),
  },
  {
    file: "gqa-decode",
    predict: (machine, row) => gqaDecode(machine, { ...gqaHeads(row), ...decodeTokens(row) }),
  },
  {
    file: "mla-prefill",
    predict: (machine, row) => mlaPrefill(machine, { ...mlaHeads(row), ...prefillTokens(row) }),
  },
  {
    file: "mla-decode",
    predict: (machine, row) => mlaDecode(machine, { ...mlaHeads(row), ...decodeTokens(row) }),
  },
  {
    file: "glm52-indexer-logits-prefill",
    predict: (machine, row) => {
      const { requests, newTokens, prefixTokens, queries, keys } = chunk(row);
      // the kernel skips keys that a query does not see: without a prefix it takes half the time of all pairs
      const pairs = requests * causalPairs(newTokens, prefixTokens);
      return indexLogits(machine, { ...glm, queries, pairs, keys, kernels: "glm52" });
    },
  },
  {
    file: "glm52-topk-prefill",
    predict: (machine, row) => {
      const { requests, newTokens, prefixTokens, queries } = chunk(row);
      const few = Math.min(newTokens, Math.max(0, glm.k - prefixTokens)); // queries that see at most k keys
      const selecting = requests * (newTokens - few);
      const pairs = requests * causalPairs(newTokens - few, prefixTokens + few);
      // scores that are equal except in their last digits take longest to rank
      const kernels = row.choice("score_mode", { flat: "glm52 ties", top_last: "glm52" } as const);
      return topK(machine, { queries, selecting, pairs, k: glm.k, kernels });
    },
  },
  {
    file: "glm52-sparse-attention-prefill",
    predict: (machine, row) => {
      const { queries, keys } = chunk(row);
      return sparseAttention(machine, {
        queries,
        keys,
        pairs: queries * glm.k, // its lists are padded to k: any prefix takes the same time
        queryHeads: row.number("query_heads", 1),
        keyDim: glm.latent + glm.rope,
        valueDim: glm.latent,
        rowBytes: 2 * (glm.latent + glm.rope),
        precision: "bf16",
        kernels: "glm52",
      });
    },
  },
];
