import type { KvDtype } from "../../core/dtype.ts";
import { kvDtypeBytes } from "../../core/dtype.ts";
import type { Quantity } from "../../core/units.ts";
import { outputWidth } from "../model.ts";
import type { Attention } from "../model.ts";
import type { Machine } from "../kernels/machine.ts";
import { kernelTime, sequence } from "../kernels/time.ts";
import type { OperatorTime } from "../kernels/time.ts";
import { kvHeadsOf } from "../parallel.ts";
import type { Part } from "../serving/replica.ts";
import { hostBandwidth } from "../system.ts";
import { attentionTime } from "./attention.ts";
import { precisionOf } from "../kernels/dtypes.ts";
import type { Deployment, LayerWork } from "./deployment.ts";
import { allReduceAmong, exchangeAmong } from "./exchange.ts";
import { variantTime } from "./variant.ts";

/** Tokens that a pass computes. */
export const rowsOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { sequences, newTokens }) => sum + sequences * newTokens, 0);

/** One layer's attention of every part on one GPU, with its exchanges. */
export function layerAttention(deployment: Deployment, work: LayerWork, own: readonly Part[]): OperatorTime {
  const { machine, model, kvDtype, weights, parallel } = deployment;
  const { tp, cp, kvp } = parallel;
  const hidden = model.hidden.value;
  const { attention, variant } = work;
  const rank = {
    machine,
    hidden,
    weights: precisionOf[weights.attention],
    kvDtype,
    tp,
    outputRanks: kvp,
  };
  const kernelsOf = (part: Part): OperatorTime => {
    const ranks = part.phase === "decode" ? kvp * cp : 1;
    if (variant) return variantTime({ ...rank, cacheRanks: ranks }, attention, part, variant);
    const cachedTokens = part.cachedTokens / ranks;
    return attentionTime(rank, ranks === 1 ? attention : splitCache(attention, ranks), {
      ...part,
      cachedTokens,
    });
  };
  const parts = own.flatMap((part): OperatorTime[] => {
    const kernels = kernelsOf(part);
    const far =
      part.phase === "decode"
        ? (part.sequences * part.newTokens * work.farReadBytes(part.cachedTokens + 1)) / (kvp * cp)
        : 0;
    return [
      ...(far > 0 ? [fetch(machine, far / Math.min(tp, kvHeadsOf(attention)))] : []),
      kernels,
      ...(part.phase === "prefill" && cp > 1
        ? [gatherKeys(deployment, attention, part, kernels.seconds)]
        : []),
      ...(part.phase === "decode" && kvp * cp > 1 ? [exchangeOutputs(deployment, attention, part)] : []),
    ];
  });
  return sequence("attention layer", [
    ...parts,
    allReduceAmong(machine, tp * kvp, rowsOf(own) * hidden * 2, tp * kvp),
  ]);
}

/** What a GPU reads that holds every so-manyth token of each cache: of a window, and of what is selected, its share. */
function splitCache(attention: Attention, ranks: number): Attention {
  const part = (count: Quantity<"1">): Quantity<"1"> => ({ ...count, value: count.value / ranks });
  switch (attention.kind) {
    case "grouped-query": {
      const { window, blocks } = attention;
      return {
        ...attention,
        ...(window && { window: part(window) }),
        ...(blocks && { blocks: { ...blocks, read: part(blocks.read) } }),
      };
    }
    case "latent": {
      const { indexer } = attention;
      return { ...attention, ...(indexer && { indexer: { ...indexer, read: part(indexer.read) } }) };
    }
    case "compressed": {
      const { window, indexer } = attention;
      const own = { ...attention, window: part(window) };
      return indexer ? { ...own, indexer: { ...indexer, read: part(indexer.read) } } : own;
    }
    case "delta":
      return attention;
  }
}

/** From the host processors' memory: as fast as the link, or as the memory that its GPUs share. */
function fetch(machine: Machine, bytes: number): OperatorTime {
  const seconds = bytes / hostBandwidth(machine.system);
  return kernelTime("rows fetched from the host processors' memory", seconds, [
    { what: "NVLink-C2C", seconds, amount: bytes, unit: "B" },
  ]);
}

/** Bytes of a token's cache in one layer as it is passed on, in the cache's dtype. */
function rowBytes(attention: Attention, dtype: KvDtype): number {
  const element = kvDtypeBytes[dtype];
  switch (attention.kind) {
    case "grouped-query":
      return 2 * attention.kvHeads.value * attention.headDim.value * element;
    case "latent":
      return (attention.latent.value + attention.rope.value) * element;
    case "compressed":
      return (attention.headDim.value * element) / (attention.pool?.value ?? 1);
    case "delta":
      return 0;
  }
}

/**
 * Context parallel prefill: the pieces' keys and values go round, and hide behind the attention to those that are
 * there (pass-KV). Yang et al. 2024, "Context parallelism for scalable million-token inference", arXiv 2411.01783.
 */
function gatherKeys(
  { machine, parallel, kvDtype }: Deployment,
  attention: Attention,
  part: Part,
  seconds: number,
): OperatorTime {
  const { tp, cp } = parallel;
  const bytes =
    (part.sequences * part.newTokens * cp * rowBytes(attention, kvDtype)) /
    Math.min(tp, kvHeadsOf(attention));
  const gather = exchangeAmong(machine, "all-gather", cp, bytes, tp * cp);
  return { ...gather, seconds: Math.max(0, gather.seconds - seconds), terms: [] };
}

/**
 * Helix: each GPU has attended to its part of every cache, and sends the outputs of the heads, with the logarithm of
 * their weights' sum, to the GPUs that go on with them: B H / KVP bf16 and B heads / KVP x 2 float32 from each to each,
 * whatever the context. Bhatia et al. 2025, arXiv 2507.07120, section 2.1.
 */
function exchangeOutputs({ machine, parallel }: Deployment, attention: Attention, part: Part): OperatorTime {
  const { tp, cp, kvp } = parallel;
  const ranks = kvp * cp;
  const rows = part.sequences * part.newTokens;
  const bytes = (rows * (outputWidth(attention) * 2 + attention.queryHeads.value * 8)) / tp;
  return exchangeAmong(machine, "all-to-all", ranks, bytes, tp * ranks);
}
