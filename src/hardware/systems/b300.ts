import { from } from "../../core/units.ts";
import type { System } from "../system.ts";
import { aicConfig, exponentialSource, measuredAllReduce, rentalOf, reserved } from "./sources.ts";

const datasheet = {
  title: "NVIDIA Blackwell Ultra datasheet",
  url: "https://resources.nvidia.com/en-us-blackwell-architecture/blackwell-ultra-datasheet",
};
const inferencex = {
  title: "SemiAnalysis InferenceX, GPU specifications",
  url: "https://github.com/SemiAnalysisAI/InferenceX-app/blob/77ca49a/packages/app/src/lib/gpu-specs.ts",
};
const aic = aicConfig("b300_sxm");
const config = from(aic);

export const b300: System = {
  name: "b300",
  summary: "HGX node of 8 Blackwell Ultra GPUs in one NVLink domain",
  architecture: "blackwell",
  sources: [datasheet, aic, inferencex],
  gpus: config(8, "1", { where: "node.num_gpus_per_node" }),
  gpu: {
    hbmMarketed: from(datasheet)(288e9, "B", { where: "HGX B300, HBM3e of the chip" }),
    hbm: config(275_040 * 2 ** 20, "B", {
      where: "gpu.mem_capacity",
      note: "275,040 MiB reported by the driver (nvidia-smi)",
    }),
    hbmBandwidth: config(7.75e12, "B/s", { where: "gpu.mem_bw" }),
    nvlink: config(900e9, "B/s", { where: "node.intra_node_bw", note: "NVLink 5, each direction" }),
    nic: config(100e9, "B/s", { where: "node.inter_node_bw" }),
    bf16: config(2.25e15, "FLOP/s", { where: "gpu.bfloat16_tc_flops" }),
    fp8: config(4.5e15, "FLOP/s", { where: "gpu.fp8_tc_flops" }),
    fp4: from(inferencex)(13.5e15, "FLOP/s", {
      where: "B300 SXM, fp4",
      note: "AIConfigurator plans with 14 PFLOP/s",
    }),
    exponentials: from(exponentialSource)(10.7e12, "op/s", {
      note: "that of a GB300, which has the same chip",
    }),
    power: config(1100, "W", { where: "gpu.power" }),
    rental: rentalOf("b300", 3.48),
  },
  reserved,
  collective: measuredAllReduce("b300_sxm", 8, 4.76e-6),
};
