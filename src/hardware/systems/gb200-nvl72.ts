import { from } from "../../core/units.ts";
import type { System } from "../system.ts";
import { aicConfig, exponentialSource, measuredAllReduce, rentalOf, reserved } from "./sources.ts";

const page = { title: "NVIDIA GB200 NVL72", url: "https://www.nvidia.com/en-us/data-center/gb200-nvl72/" };
const datasheet = {
  title: "NVIDIA Blackwell datasheet",
  url: "https://nvdam.widen.net/s/wwnsxrhm2w/blackwell-datasheet-3384703",
};
const aic = aicConfig("gb200");
const azure = {
  title: "Unpacking NVIDIA GB200 GPU performance on Azure virtual machines",
  url: "https://techcommunity.microsoft.com/blog/azurehighperformancecomputingblog/unpacking-nvidia-gb200-gpu-performance-on-azure-virtual-machines/4390442",
};
const tuning = {
  title: "NVIDIA GB200 NVL multi-node tuning guide",
  url: "https://docs.nvidia.com/multi-node-nvlink-systems/multi-node-tuning-guide/system.html",
};
const rack = from(page);
const sheet = from(datasheet);
const config = from(aic);

export const gb200Nvl72: System = {
  name: "gb200-nvl72",
  summary: "72 Blackwell GPUs and 36 Grace processors in one NVLink domain",
  architecture: "blackwell",
  sources: [page, datasheet, aic, azure, tuning],
  gpus: rack(72, "1"),
  gpu: {
    hbmMarketed: sheet(186e9, "B", { where: "individual GPU specifications" }),
    hbm: config(189_471 * 2 ** 20, "B", {
      where: "gpu.mem_capacity",
      note: "189,471 MiB reported by the driver (nvidia-smi)",
    }),
    hbmBandwidth: sheet(8e12, "B/s", { where: "individual GPU specifications" }),
    nvlink: config(900e9, "B/s", { where: "node.intra_node_bw", note: "NVLink 5, each direction" }),
    nic: from(tuning)(50e9, "B/s", {
      where: "understanding your Grace-Blackwell systems, 72x1 configuration",
      note: "ConnectX-7, 400 Gbit/s, one a GPU; AIConfigurator plans with ConnectX-8",
    }),
    bf16: config(2.5e15, "FLOP/s", { where: "gpu.bfloat16_tc_flops" }),
    fp8: config(5e15, "FLOP/s", { where: "gpu.fp8_tc_flops" }),
    fp4: config(10e15, "FLOP/s", { where: "gpu.fp4_tc_flops" }),
    exponentials: from(exponentialSource)(5e12, "op/s", { note: "attention acceleration (SFU EX2), peak" }),
    power: sheet(1200, "W", { where: "max thermal design power" }),
    rental: rentalOf("gb200", 3.3),
  },
  host: {
    processors: rack(36, "1"),
    memory: rack(480e9, "B", { note: "17 TB of LPDDR5X a rack over 36 processors" }),
    memoryBandwidth: rack(389e9, "B/s", { note: "14 TB/s a rack over 36 processors" }),
    c2c: rack(450e9, "B/s", { note: "NVLink-C2C, each direction (900 GB/s both ways), shared by two GPUs" }),
    toGpu: from(azure)(201e9, "B/s", { where: "CPU to GPU transfers", note: "measured over NVLink-C2C" }),
  },
  reserved,
  collective: measuredAllReduce("gb200", 4, 4.7e-6),
};
