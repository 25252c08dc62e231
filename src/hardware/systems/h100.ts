import { from } from "../../core/units.ts";
import type { System } from "../system.ts";
import { aicConfig, measuredAllReduce, rentalOf, reportedHbm, reserved } from "./sources.ts";

const page = { title: "NVIDIA H100 Tensor Core GPU", url: "https://www.nvidia.com/en-us/data-center/h100/" };
const aic = aicConfig("h100_sxm");
const config = from(aic);

export const h100: System = {
  name: "h100",
  summary: "HGX node of 8 Hopper GPUs with 80 GB in one NVLink domain",
  architecture: "hopper",
  sources: [page, aic],
  gpus: config(8, "1", { where: "node.num_gpus_per_node" }),
  gpu: {
    hbmMarketed: from(page)(80e9, "B", { where: "specifications, H100 SXM" }),
    hbm: reportedHbm("NVIDIA/nccl/issues/1264", "an H100 80GB HBM3", 81_559),
    hbmBandwidth: config(3.35e12, "B/s", { where: "gpu.mem_bw" }),
    nvlink: config(450e9, "B/s", { where: "node.intra_node_bw", note: "NVLink 4, each direction" }),
    nic: config(50e9, "B/s", { where: "node.inter_node_bw" }),
    bf16: config(989e12, "FLOP/s", { where: "gpu.bfloat16_tc_flops" }),
    fp8: config(1.978e15, "FLOP/s", { where: "gpu.fp8_tc_flops" }),
    exponentials: from({
      title: "FlashAttention-3",
      url: "https://arxiv.org/abs/2407.08608",
    })(3.9e12, "op/s", { where: "section 3.1", note: "special functions of an H100 SXM5, peak" }),
    power: config(700, "W", { where: "gpu.power" }),
    rental: rentalOf("h100", 1.3),
  },
  reserved,
  collective: measuredAllReduce("h100_sxm", 8, 3.07e-6),
};
