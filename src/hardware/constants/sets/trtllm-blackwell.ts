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
  // rows of moe_perf.parquet by kernel_source, gb300 over gb200 on equal shapes
  unlike: [
    {
      systems: ["gb200-nvl72", "gb300-nvl72"],
      experts: "nvfp4",
      note:
        "measured with TensorRT-LLM's kernels of low latency on GB200, which it has for compute capability 10.0 and at most 256 experts alone, and with CUTLASS on GB300: 1.55 times their time on the same shapes (median of 36,045). " +
        "With CUTLASS on both, GB300 takes .98 of GB200's time (median of 41,958). GB200's constants do not tell models of more experts apart",
    },
  ],
  systems: trtllmBlackwellFit,
};
