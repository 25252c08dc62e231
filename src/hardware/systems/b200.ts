import { from } from "../../core/units.ts";
import type { System } from "../system.ts";
import {
  aicConfig,
  exponentialSource,
  measuredAllReduce,
  rentalOf,
  reportedHbm,
  reserved,
} from "./sources.ts";

const datasheet = {
  title: "NVIDIA Blackwell datasheet",
  url: "https://nvdam.widen.net/s/wwnsxrhm2w/blackwell-datasheet-3384703",
};
const aic = aicConfig("b200_sxm");
const config = from(aic);

export const b200: System = {
  name: "b200",
  summary: "HGX node of 8 Blackwell GPUs in one NVLink domain",
  architecture: "blackwell",
  sources: [datasheet, aic],
  gpus: config(8, "1", { where: "node.num_gpus_per_node" }),
  gpu: {
    hbmMarketed: from(datasheet)(180e9, "B", { where: "HGX B200" }),
    hbm: reportedHbm("NVIDIA/TensorRT-LLM/issues/10278", "a B200", 183_359),
    hbmBandwidth: config(7.7e12, "B/s", { where: "gpu.mem_bw" }),
    nvlink: config(900e9, "B/s", { where: "node.intra_node_bw", note: "NVLink 5, each direction" }),
    nic: from({
      title: "SemiAnalysis InferenceX, GPU specifications",
      url: "https://github.com/SemiAnalysisAI/InferenceX-app/blob/77ca49a/packages/app/src/lib/gpu-specs.ts",
    })(50e9, "B/s", {
      where: "B200 SXM, scaleOutBandwidth",
      note: "ConnectX-7, 400 Gbit/s; AIConfigurator plans with ConnectX-8",
    }),
    bf16: config(2.25e15, "FLOP/s", { where: "gpu.bfloat16_tc_flops" }),
    fp8: config(4.5e15, "FLOP/s", { where: "gpu.fp8_tc_flops" }),
    fp4: config(9e15, "FLOP/s", { where: "gpu.fp4_tc_flops" }),
    exponentials: from(exponentialSource)(5e12, "op/s", { note: "that of a GB200, which has the same chip" }),
    power: config(1000, "W", { where: "gpu.power" }),
    rental: rentalOf("b200", 2.9),
  },
  reserved,
  collective: measuredAllReduce("b200_sxm", 8, 4.97e-6),
};
