import type { Entry } from "../../core/entry.ts";
import type { Precision } from "../kernels/dtypes.ts";
import type { Architecture } from "../system.ts";
import type { FittedConstants } from "./constants.ts";

/** Serving engines whose kernels were measured. */
export const frameworks = ["trtllm", "sglang", "vllm"] as const;
export type Framework = (typeof frameworks)[number];

/** Engine whose constants are taken unless another one is asked for. */
export const usualFramework: Framework = "trtllm";

/** Architecture of the systems that the project is about. */
export const usualArchitecture: Architecture = "blackwell";

const frameworkTitles: Readonly<Record<Framework, string>> = {
  trtllm: "TensorRT-LLM",
  sglang: "SGLang",
  vllm: "vLLM",
};

export const architectureTitles: Readonly<Record<Architecture, string>> = {
  hopper: "Hopper",
  blackwell: "Blackwell",
};

/** Products whose kernels were not the same on two systems of a set, so that their times differ by more than the GPUs do. */
export interface UnlikeKernels {
  readonly systems: readonly [string, string];
  /** precision of the experts' products */
  readonly experts: Precision;
  /** kernels on each system, and the ratios of their measured times */
  readonly note: string;
}

/** Constants of the kernels of one engine on GPUs of one architecture. */
export interface ConstantSet extends Entry {
  readonly framework: Framework;
  readonly version: string;
  readonly architecture: Architecture;
  /** folder of data/ with the measured rows that the constants were fitted to */
  readonly measured: string;
  /** kernels of other engines or versions among them, as `KDA of vLLM 0.24.0` */
  readonly others: readonly string[];
  readonly unlike?: readonly UnlikeKernels[];
  /** by system on which the kernels were measured */
  readonly systems: FittedConstants;
}

/** Engine and version of a set, as printed: `SGLang 0.5.14`. */
export const engineOf = ({ framework, version }: Pick<ConstantSet, "framework" | "version">): string =>
  `${frameworkTitles[framework]} ${version}`;
