import { Registry } from "../../../core/entry.ts";
import type { ConstantSet } from "../set.ts";
import { sglangBlackwell } from "./sglang-blackwell.ts";
import { sglangHopper } from "./sglang-hopper.ts";
import { trtllmBlackwell } from "./trtllm-blackwell.ts";
import { trtllmHopper } from "./trtllm-hopper.ts";
import { vllmBlackwell } from "./vllm-blackwell.ts";
import { vllmHopper } from "./vllm-hopper.ts";

/** Every set of constants; a new one is a file and a line here. */
export const constantSets = new Registry<ConstantSet>("set of constants", [
  trtllmBlackwell,
  trtllmHopper,
  sglangBlackwell,
  sglangHopper,
  vllmBlackwell,
  vllmHopper,
]);
