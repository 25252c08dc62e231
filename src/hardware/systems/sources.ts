import type { Source } from "../../core/entry.ts";
import { from } from "../../core/units.ts";
import type { Quantity } from "../../core/units.ts";

/** Nominal rates and usable memory of a system, as AIConfigurator plans with them. */
export const aicConfig = (name: string): Source => ({
  title: `AIConfigurator, systems/${name}.yaml`,
  url: `https://github.com/ai-dynamo/aiconfigurator/blob/095f58a/aic-core/src/aiconfigurator_core/systems/${name}.yaml`,
});

/** HBM that the driver reports for a GPU (`nvidia-smi`), as printed in an issue. @param mebibytes in MiB */
export const reportedHbm = (issue: string, gpu: string, mebibytes: number): Quantity<"B"> =>
  from({ title: `nvidia-smi on ${gpu}, in an issue of ${issue}`, url: `https://github.com/${issue}` })(
    mebibytes * 2 ** 20,
    "B",
    { note: `${mebibytes.toLocaleString("en-US")} MiB reported by the driver` },
  );

/** Time of the smallest collective: a measured custom all-reduce of TensorRT-LLM, 256 elements in bf16. */
export const measuredAllReduce = (system: string, gpus: number, seconds: number): Quantity<"s"> =>
  from({
    title: `AIConfigurator, measured custom all-reduce on ${system}`,
    url: `https://github.com/ai-dynamo/aiconfigurator/tree/095f58a/aic-core/src/aiconfigurator_core/systems/data/${system}`,
  })(seconds, "s", { note: `bf16 all-reduce of 256 elements among ${gpus} GPUs, TensorRT-LLM 1.3.0rc20` });

/** Price of a GPU with its share of the system, rented for three years. */
export const rentalOf = (name: string, price: number): Quantity<"USD/h"> =>
  from({
    title: "SemiAnalysis InferenceX, total cost of ownership",
    url: "https://github.com/SemiAnalysisAI/InferenceX-app/blob/77ca49a/packages/app/src/lib/constants.ts",
  })(price, "USD/h", { where: `${name}.costr`, note: "three-year rental, per GPU" });

/** Exponentials of the special function units, GB200 and GB300. */
export const exponentialSource: Source = {
  title: "NVIDIA GB300 NVL72: GPU architecture and performance",
  url: "https://verda.com/blog/gb300-nvl72-architecture",
  where: "per-GPU specifications",
};

const aicMemory = from(aicConfig("gb200"));

/** Memory that a server leaves free on every GPU. */
export const reserved = {
  share: from({
    title: "TensorRT-LLM, how to change KV cache behavior",
    url: "https://nvidia.github.io/TensorRT-LLM/examples/kvcacheconfig.html",
  })(0.9, "1", { where: "free_gpu_memory_fraction, default", note: "of what weights and passes leave free" }),
  runtime: aicMemory(3_758_096_384, "B", {
    where: "misc.other_mem",
    note: "cuda, cublas and others, 3.5 GiB for safety; the same for every system",
  }),
  collectives: aicMemory(411_041_792, "B", {
    where: "misc.nccl_mem, 8 GPUs",
    note: "NCCL buffers, per GPU; the same for every system",
  }),
};
