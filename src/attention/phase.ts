import type { KvDtype } from "../core/dtype.ts";
import type { Phase } from "./cache.ts";
import { storageOf } from "./kv-dtype.ts";
import type { TensorShapes } from "./shapes.ts";
import type { AnyVariant } from "./variant.ts";

export const phases: readonly Phase[] = ["prefill", "decode"];

/**
 * Phase in which a spec does its own work on these tensors: prefill for a pattern of prefill, and for queries of the
 * whole context (Q equals N) if the variant reads its prompt as it decodes. The others read a prompt densely, or round
 * the cache after it, so that their own work is decoding.
 */
export function phaseFor(
  {
    variant,
    kvDtype = "f32",
  }: { readonly variant: Pick<AnyVariant, "prefill">; readonly kvDtype?: KvDtype | undefined },
  { queries, tokens }: Pick<TensorShapes, "queries" | "tokens">,
): Phase {
  if (variant.prefill === "only") return "prefill";
  const same = variant.prefill === "same" && storageOf(kvDtype).afterPrefill === undefined;
  return same && queries === tokens ? "prefill" : "decode";
}

/** Whether a variant attends densely in this phase: not its own work. */
export const denseIn = ({ prefill }: Pick<AnyVariant, "prefill">, phase: Phase): boolean =>
  prefill === (phase === "prefill" ? "dense" : "only");
