import { from } from "../../core/units.ts";
import type { Quantity } from "../../core/units.ts";
import type { System } from "../system.ts";
import { gb300Nvl72 } from "./gb300-nvl72.ts";
import { reserved } from "./sources.ts";

const announced = {
  title: "NVIDIA Vera Rubin NVL72, preliminary specifications",
  url: "https://www.nvidia.com/en-us/data-center/vera-rubin-nvl72/",
  unread: true,
} as const;
/** Note on numbers that were read in quotations; no public measurement of such a rack exists. */
const quoted = "preliminary; read as quoted in the press";
const rack = from(announced);
const projection = {
  title: "projection from Blackwell Ultra",
  url: "https://www.nvidia.com/en-us/data-center/gb300-nvl72/",
  unread: true,
} as const;
const assumed = from(projection);
/** A number of a GB300 that stands in. */
const ofGb300 = <Q extends Quantity>(quantity: Q): Q => ({
  ...quantity,
  source: { ...quantity.source, unread: true },
  note: "that of a GB300; nothing read",
});

/** A projection: announced numbers, and those of Blackwell Ultra for the rest. */
export const veraRubin: System = {
  name: "vera-rubin",
  summary: "projection, not measured: 72 Rubin GPUs and 36 Vera processors in one NVLink domain",
  sources: [announced],
  gpus: rack(72, "1", { note: quoted }),
  gpu: {
    hbmMarketed: rack(288e9, "B", { note: quoted }),
    hbm: assumed(284_208 * 2 ** 20, "B", { note: "what a GB300 of 288 GB reports" }),
    hbmBandwidth: rack(22e12, "B/s", { note: quoted }),
    nvlink: rack(1.8e12, "B/s", { note: `NVLink 6, each direction (3.6 TB/s both ways); ${quoted}` }),
    nic: rack(200e9, "B/s", { note: `28.8 TB/s a rack of ConnectX-9, both ways; ${quoted}` }),
    bf16: assumed(8.3e15, "FLOP/s", { note: "half of FP8, as before; nothing read" }),
    fp8: rack(16.7e15, "FLOP/s", { note: `1.2 EFLOP/s a rack; ${quoted}` }),
    fp4: rack(35e15, "FLOP/s", {
      note: `dense, the rate of training; 50 PFLOP/s for inference is with adaptive compression; ${quoted}`,
    }),
    exponentials: ofGb300(gb300Nvl72.gpu.exponentials!),
    power: rack(1800, "W", { note: quoted }),
  },
  host: {
    processors: rack(36, "1", { note: quoted }),
    memory: rack(1.5e12, "B", { note: `54 TB of LPDDR5X a rack over 36 processors; ${quoted}` }),
    memoryBandwidth: rack(1.2e12, "B/s", { note: quoted }),
    c2c: rack(900e9, "B/s", { note: `each direction (1.8 TB/s both ways); ${quoted}` }),
    toGpu: assumed(422e9, "B/s", { note: "twice what was measured on GB300, as the link is twice as fast" }),
  },
  reserved,
  collective: ofGb300(gb300Nvl72.collective!),
};
