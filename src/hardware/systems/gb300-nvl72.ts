import { from } from "../../core/units.ts";
import type { System } from "../system.ts";
import { aicConfig, exponentialSource, measuredAllReduce, rentalOf, reserved } from "./sources.ts";

const page = { title: "NVIDIA GB300 NVL72", url: "https://www.nvidia.com/en-us/data-center/gb300-nvl72/" };
const datasheet = {
  title: "NVIDIA Blackwell Ultra datasheet",
  url: "https://resources.nvidia.com/en-us-blackwell-architecture/blackwell-ultra-datasheet",
};
const aic = aicConfig("gb300");
const azure = {
  title: "Breaking the million-token barrier: the technical achievement of Azure ND GB300 v6",
  url: "https://techcommunity.microsoft.com/blog/azurehighperformancecomputingblog/breaking-the-million-token-barrier-the-technical-achievement-of-azure-nd-gb300-v/4466080",
};
const rack = from(page);
const sheet = from(datasheet);
const config = from(aic);

export const gb300Nvl72: System = {
  name: "gb300-nvl72",
  summary: "72 Blackwell Ultra GPUs and 36 Grace processors in one NVLink domain",
  architecture: "blackwell",
  sources: [page, datasheet, aic, azure],
  gpus: rack(72, "1"),
  gpu: {
    hbmMarketed: sheet(288e9, "B", { where: "individual GPU specifications" }),
    hbm: config(284_208 * 2 ** 20, "B", {
      where: "gpu.mem_capacity",
      note: "284,208 MiB reported by the driver (nvidia-smi)",
    }),
    hbmBandwidth: sheet(8e12, "B/s", { where: "individual GPU specifications" }),
    nvlink: config(900e9, "B/s", { where: "node.intra_node_bw", note: "NVLink 5, each direction" }),
    nic: config(100e9, "B/s", { where: "node.inter_rack_bw" }),
    bf16: config(2.5e15, "FLOP/s", { where: "gpu.bfloat16_tc_flops" }),
    fp8: config(5e15, "FLOP/s", { where: "gpu.fp8_tc_flops" }),
    fp4: config(15e15, "FLOP/s", { where: "gpu.fp4_tc_flops" }),
    exponentials: from(exponentialSource)(10.7e12, "op/s", {
      note: "attention acceleration (SFU EX2), peak",
    }),
    power: config(1400, "W", { where: "gpu.power" }),
    rental: rentalOf("gb300", 3.96),
  },
  host: {
    processors: rack(36, "1"),
    memory: rack(480e9, "B", { note: "17 TB of LPDDR5X a rack over 36 processors" }),
    memoryBandwidth: rack(389e9, "B/s", { note: "14 TB/s a rack over 36 processors" }),
    c2c: rack(450e9, "B/s", { note: "NVLink-C2C, each direction (900 GB/s both ways), shared by two GPUs" }),
    toGpu: from(azure)(211e9, "B/s", { where: "CPU to GPU transfers", note: "measured over NVLink-C2C" }),
  },
  reserved,
  collective: measuredAllReduce("gb300", 4, 4.6e-6),
};
