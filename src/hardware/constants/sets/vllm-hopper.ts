import { vllmHopperFit } from "../fitted/vllm-hopper.ts";
import type { ConstantSet } from "../set.ts";
import { database } from "./database.ts";

export const vllmHopper: ConstantSet = {
  name: "vllm-hopper",
  summary: "kernels of vLLM 0.24.0 on H100 and H200",
  sources: [database],
  framework: "vllm",
  version: "0.24.0",
  architecture: "hopper",
  measured: "vllm-kernels",
  others: ["KDA of 0.1.dev19262"],
  systems: vllmHopperFit,
};
