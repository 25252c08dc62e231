import { sglangBlackwellFit } from "../fitted/sglang-blackwell.ts";
import type { ConstantSet } from "../set.ts";
import { database } from "./database.ts";

export const sglangBlackwell: ConstantSet = {
  name: "sglang-blackwell",
  summary: "kernels of SGLang 0.5.14 on GB200 and GB300",
  sources: [database],
  framework: "sglang",
  version: "0.5.14",
  architecture: "blackwell",
  measured: "sglang-kernels",
  others: ["MSA and KDA of 0.5.16"],
  systems: sglangBlackwellFit,
};
