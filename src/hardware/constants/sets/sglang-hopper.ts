import { sglangHopperFit } from "../fitted/sglang-hopper.ts";
import type { ConstantSet } from "../set.ts";
import { database } from "./database.ts";

export const sglangHopper: ConstantSet = {
  name: "sglang-hopper",
  summary: "kernels of SGLang 0.5.14 on H100 and H200",
  sources: [database],
  framework: "sglang",
  version: "0.5.14",
  architecture: "hopper",
  measured: "sglang-kernels",
  others: ["MSA and KDA of 0.5.16"],
  systems: sglangHopperFit,
};
