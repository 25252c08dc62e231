import type { StepCost } from "../../core/cost.ts";
import { attentionPrecision } from "../kernels/dtypes.ts";
import type { Machine } from "../kernels/machine.ts";
import { roofline } from "../kernels/roofline.ts";
import { indexLogitsKernel, topKKernel } from "../kernels/sparse.ts";
import { kernelTime, sequence } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { AttentionLayer, AttentionRank } from "../layers/layer.ts";
import type { Part } from "../serving/replica.ts";

/** Cost formulas of a variant without measured kernels, for one layer and one sequence. */
export interface VariantCost {
  /** Cost of a decode step with `tokens` tokens in the cache. */
  decode(tokens: number): StepCost;
  /** Work of the queries of the first `tokens` tokens of a prompt; left out if prefill is dense attention. */
  prefill?(tokens: number): { readonly flops: number; readonly exponentials: number };
}

/**
 * Time of a layer whose variant has no measured kernels: the variant's bytes, operations and exponentials at the rates of
 * attention kernels of the layer's kind, and the layer's projections. The projections take the time of the same number
 * of decoding sequences with empty caches.
 *
 * @param rank one of `cacheRanks` GPUs, each of which reads its share of every sequence's cache
 */
export function variantTime(
  rank: AttentionRank & { readonly cacheRanks: number },
  layer: AttentionLayer,
  part: Part,
  cost: VariantCost,
): OperatorTime {
  const { machine, kvDtype, tp, cacheRanks } = rank;
  const { sequences, newTokens, cachedTokens, phase } = part;
  if (phase === "prefill" && cost.prefill === undefined) return layer.searching({}).time(rank, part);
  const precision = attentionPrecision(kvDtype);
  const queries = sequences * newTokens;
  const projected = layer.searching({}).time(rank, {
    phase: "decode",
    sequences: queries,
    newTokens: 1,
    cachedTokens: 0,
  });
  const c = { ...layer.rates(rank, phase), overhead: 0 };
  if (phase === "prefill" && cost.prefill !== undefined) {
    const [all, before] = [cost.prefill(cachedTokens + newTokens), cost.prefill(cachedTokens)];
    const work = {
      precision,
      flops: (sequences * (all.flops - before.flops)) / tp,
      exponentials: (sequences * (all.exponentials - before.exponentials)) / tp,
      bytes: 0,
    };
    return sequence("attention by the variant's cost, prefill", [
      projected,
      roofline(machine, "operations of its cost formula", work, c),
    ]);
  }
  const { flops, exponentials, kvReadBytes, indexReadBytes, stateBytes = 0 } = cost.decode(cachedTokens + 1);
  // if there are fewer kv heads than GPUs that share heads, several GPUs read the same rows; an index serves all heads
  const rows = kvReadBytes / Math.min(tp, layer.kvHeads);
  const work = {
    precision,
    flops: (queries * flops) / (tp * cacheRanks),
    exponentials: (queries * exponentials) / (tp * cacheRanks),
    bytes: (queries * rows) / cacheRanks + (2 * queries * stateBytes) / tp,
  };
  return sequence("attention by the variant's cost, decode", [
    projected,
    ...(indexReadBytes > 0 ? choosing(machine, (sequences * indexReadBytes) / cacheRanks) : []),
    roofline(machine, "bytes and operations of its cost formula", work, c),
  ]);
}

/** Time to read an index and choose with it, at the rates and launches of DSA's decode kernels. */
function choosing(machine: Machine, bytes: number): OperatorTime[] {
  const scores = machine.constants(indexLogitsKernel, "dsa-decode");
  const { overhead } = machine.constants(topKKernel, "dsa-decode");
  return [
    roofline(machine, "its index", { precision: "fp8", flops: 0, bytes }, scores),
    kernelTime("choice of the best", overhead, [{ what: "overhead", seconds: overhead }]),
  ];
}
