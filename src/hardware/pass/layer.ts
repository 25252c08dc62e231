import { allReduceAmong, exchangeAmong } from "../kernels/exchange.ts";
import type { Machine } from "../kernels/machine.ts";
import { kernelTime, sequence } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { AttentionLayer } from "../layers/layer.ts";
import type { Part } from "../serving/replica.ts";
import { hostBandwidth } from "../system.ts";
import type { Deployment, LayerWork } from "./deployment.ts";
import { variantTime } from "./variant.ts";

/** Tokens that a pass computes. */
export const rowsOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { sequences, newTokens }) => sum + sequences * newTokens, 0);

/** Time of one layer's attention for all parts of a pass on one GPU, exchanges included. */
export function layerAttention(deployment: Deployment, work: LayerWork, own: readonly Part[]): OperatorTime {
  const { machine, model, kvDtype, weights, parallel } = deployment;
  const { tp, cp, kvp } = parallel;
  const hidden = model.hidden.value;
  const { layer, variant } = work;
  const rank = {
    machine,
    hidden,
    weights: weights.attention.product,
    kvDtype,
    tp,
    outputRanks: kvp,
  };
  const kernelsOf = (part: Part): OperatorTime => {
    const ranks = part.phase === "decode" ? kvp * cp : 1;
    if (variant) return variantTime({ ...rank, cacheRanks: ranks }, layer, part, variant);
    const cachedTokens = part.cachedTokens / ranks;
    return (ranks === 1 ? layer : layer.splitCache(ranks)).time(rank, { ...part, cachedTokens });
  };
  const parts = own.flatMap((part): OperatorTime[] => {
    const kernels = kernelsOf(part);
    const far =
      part.phase === "decode"
        ? (part.sequences * part.newTokens * work.farReadBytes(part.cachedTokens + 1)) / (kvp * cp)
        : 0;
    return [
      ...(far > 0 ? [fetch(machine, far / Math.min(tp, layer.kvHeads))] : []),
      kernels,
      ...(part.phase === "prefill" && cp > 1 && !layer.absent
        ? [gatherKeys(deployment, layer, part, kernels.seconds)]
        : []),
      ...(part.phase === "decode" && kvp * cp > 1 && !layer.absent
        ? [exchangeOutputs(deployment, layer, part)]
        : []),
    ];
  });
  return sequence("attention layer", [
    ...parts,
    allReduceAmong(machine, { gpus: tp * kvp, bytes: rowsOf(own) * hidden * 2, span: tp * kvp }),
  ]);
}

/** Time to fetch rows from the host processors' memory, at the rate of the link or of the memory that GPUs share. */
function fetch(machine: Machine, bytes: number): OperatorTime {
  const seconds = bytes / hostBandwidth(machine.system);
  return kernelTime("rows fetched from the host processors' memory", seconds, [
    { what: "NVLink-C2C", seconds, amount: bytes, unit: "B" },
  ]);
}

/**
 * Time of context-parallel prefill's exchange of keys and values (pass-KV), beyond the attention that it hides behind. Each
 * GPU keeps its share of the cache, so that the keys of earlier chunks go round with those of this one, unless the layer
 * reaches no further than a window.
 * Yang et al. 2024, "Context parallelism for scalable million-token inference", arXiv 2411.01783.
 */
function gatherKeys(
  { machine, parallel, kvDtype }: Deployment,
  layer: AttentionLayer,
  part: Part,
  seconds: number,
): OperatorTime {
  const { tp, cp } = parallel;
  const chunk = part.newTokens * cp;
  // half of the other pieces count as cached in the part of the piece in the middle
  const before = part.cachedTokens - (chunk - part.newTokens) / 2;
  const keys = chunk + (layer.reachesAll ? before : 0);
  const bytes = (part.sequences * keys * layer.rowBytes(kvDtype)) / Math.min(tp, layer.kvHeads);
  const gather = exchangeAmong(machine, "all-gather", { gpus: cp, bytes, span: tp * cp });
  return { ...gather, seconds: Math.max(0, gather.seconds - seconds), terms: [] };
}

/**
 * Time of Helix's exchange. Each GPU has attended to its part of every cache; it sends the outputs of the heads, with the
 * logarithm of their weights' sum, to the GPUs that continue with them: B H / KVP numbers in bf16 and 2 B heads / KVP in
 * float32 to each GPU, whatever the context. Bhatia et al. 2025, arXiv 2507.07120, section 2.1.
 */
function exchangeOutputs({ machine, parallel }: Deployment, layer: AttentionLayer, part: Part): OperatorTime {
  const { tp, cp, kvp } = parallel;
  const ranks = kvp * cp;
  const rows = part.sequences * part.newTokens;
  const bytes = (rows * (layer.outputWidth * 2 + layer.queryHeads * 8)) / tp;
  return exchangeAmong(machine, "all-to-all", { gpus: ranks, bytes, span: tp * ranks });
}
