import { trtllmHopperFit } from "../fitted/trtllm-hopper.ts";
import type { ConstantSet } from "../set.ts";
import { database } from "./database.ts";

export const trtllmHopper: ConstantSet = {
  name: "trtllm-hopper",
  summary: "kernels of TensorRT-LLM 1.3.0rc20 on H100 and H200",
  sources: [database],
  framework: "trtllm",
  version: "1.3.0rc20",
  architecture: "hopper",
  measured: "hopper-kernels",
  others: [
    "DeepSeek-V4 of SGLang 0.5.14",
    "MSA of vLLM 0.24.0",
    "KDA of vLLM 0.1.dev19262",
    "collectives of NCCL 2.29.2",
  ],
  systems: trtllmHopperFit,
};
