import { vllmBlackwellFit } from "../fitted/vllm-blackwell.ts";
import type { ConstantSet } from "../set.ts";
import { database } from "./database.ts";

export const vllmBlackwell: ConstantSet = {
  name: "vllm-blackwell",
  summary: "kernels of vLLM 0.24.0 on GB200 and GB300",
  sources: [database],
  framework: "vllm",
  version: "0.24.0",
  architecture: "blackwell",
  measured: "vllm-kernels",
  others: ["KDA of 0.1.dev19262"],
  systems: vllmBlackwellFit,
};
