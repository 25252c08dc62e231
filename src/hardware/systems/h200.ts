import { from } from "../../core/units.ts";
import type { System } from "../system.ts";
import { h100 } from "./h100.ts";
import { aicConfig, measuredAllReduce, rentalOf, reportedHbm, reserved } from "./sources.ts";

const page = { title: "NVIDIA H200 Tensor Core GPU", url: "https://www.nvidia.com/en-us/data-center/h200/" };
const aic = aicConfig("h200_sxm");
const config = from(aic);

export const h200: System = {
  name: "h200",
  summary: "HGX node of 8 Hopper GPUs with 141 GB in one NVLink domain",
  architecture: "hopper",
  sources: [page, aic],
  gpus: config(8, "1", { where: "node.num_gpus_per_node" }),
  gpu: {
    hbmMarketed: from(page)(141e9, "B", { where: "specifications, H200 SXM" }),
    hbm: reportedHbm("sgl-project/sglang/issues/3196", "an H200", 143_771),
    hbmBandwidth: config(4.8e12, "B/s", { where: "gpu.mem_bw" }),
    nvlink: config(450e9, "B/s", { where: "node.intra_node_bw", note: "NVLink 4, each direction" }),
    nic: config(50e9, "B/s", { where: "node.inter_node_bw" }),
    bf16: config(989e12, "FLOP/s", { where: "gpu.bfloat16_tc_flops" }),
    fp8: config(1.978e15, "FLOP/s", { where: "gpu.fp8_tc_flops" }),
    exponentials: { ...h100.gpu.exponentials!, note: "that of an H100 SXM5, which has the same processors" },
    power: config(700, "W", { where: "gpu.power" }),
    rental: rentalOf("h200", 1.6),
  },
  reserved,
  collective: measuredAllReduce("h200_sxm", 8, 3.07e-6),
};
