import { from } from "../../core/units.ts";
import type { Model } from "../model.ts";
import { deepseekV3 } from "./deepseek-v3.ts";

const report = {
  title: "DeepSeek-V3.2: pushing the frontier of open large language models",
  url: "https://arxiv.org/abs/2512.02556",
};
const config = {
  title: "DeepSeek-V3.2, config.json",
  url: "https://huggingface.co/deepseek-ai/DeepSeek-V3.2/blob/main/config.json",
};
const cacheFormat = {
  title: "vLLM, FlashMLA sparse: format of the FP8 cache",
  url: "https://docs.vllm.ai/en/v0.11.0/api/vllm/v1/attention/backends/mla/flashmla_sparse.html",
};
const count = (value: number) => from(config)(value, "1");

export const deepseekV32: Model = {
  ...deepseekV3,
  name: "deepseek-v3.2",
  summary: "DeepSeek-V3 with sparse attention: 64 index heads of 128, the best 2048 tokens",
  sources: [report, config, cacheFormat],
  attention: [
    {
      ...deepseekV3.attention[0],
      record: {
        fp8: from(cacheFormat)(656, "B", { note: "512 FP8 latents, 4 float32 scales, 64 bfloat16 of rope" }),
      },
      indexer: { heads: count(64), headDim: count(128), read: count(2048) },
    },
  ],
};
