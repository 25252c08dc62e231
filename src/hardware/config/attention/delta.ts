import { from } from "../../../core/units.ts";
import type { DeltaAttention } from "../../layers/delta.ts";
import type { Count } from "../../layers/layer.ts";
import type { Keys } from "../keys.ts";

/** Bytes of a number of a state of the delta rule. */
export const float32State = from({
  title: "fla-org/flash-linear-attention",
  url: "https://github.com/fla-org/flash-linear-attention",
})(4, "B", { where: "fla/ops/kda, fla/ops/gated_delta_rule", note: "states are held in float32" });

/** KDA of one layer of Kimi-Linear, K3 or GLM-5.3-Flash. @param keys those that may say that the gate has full rank */
export const kimiDelta = (
  keys: Keys,
  {
    heads,
    headDim,
    convolution,
  }: { readonly heads: Count; readonly headDim: Count; readonly convolution: Count },
): DeltaAttention => ({
  kind: "delta",
  rule: "kda",
  queryHeads: heads,
  valueHeads: heads,
  keyDim: headDim,
  valueDim: headDim,
  convolution,
  ...(!keys.isTrue("use_full_rank_gate") &&
    !keys.isTrue("no_kda_lora") && {
      gateRank: { ...headDim, note: "the gate's projection is of rank head_dim" },
    }),
  ...(keys.isTrue("no_kda_lora") && { fullDecays: true as const }),
  stateElement: float32State,
});
