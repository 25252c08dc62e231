import { trtllmBlackwellFit } from "../fitted/trtllm-blackwell.ts";
import type { ConstantSet } from "../set.ts";
import { database } from "./database.ts";

export const trtllmBlackwell: ConstantSet = {
  name: "trtllm-blackwell",
  summary: "kernels of TensorRT-LLM 1.3.0rc20 on GB200 and GB300",
  sources: [database],
  framework: "trtllm",
  version: "1.3.0rc20",
  architecture: "blackwell",
  measured: "blackwell-kernels",
  others: [
    "DeepSeek-V4 of SGLang 0.5.14",
    "MSA of vLLM 0.24.0",
    "KDA of vLLM 0.1.dev19262",
    "collectives of NCCL 2.29.2",
    "expert exchange of 1.2.0rc6",
  ],
  systems: trtllmBlackwellFit,
};
