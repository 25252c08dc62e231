import type { KvDtype } from "../../core/dtype.ts";
import type { Attention, DeltaAttention, GroupedQueryAttention, LatentAttention } from "../model.ts";
import { msaModuleDecode, msaModulePrefill } from "../kernels/block-module.ts";
import { compressedModuleDecode, compressedModulePrefill } from "../kernels/compressed-module.ts";
import type { Precision } from "../kernels/dtypes.ts";
import { gqaDecode, gqaPrefill } from "../kernels/gqa.ts";
import {
  dsaModuleDecode,
  dsaModulePrefill,
  mlaModuleDecode,
  mlaModulePrefill,
} from "../kernels/latent-module.ts";
import { linearDecode, linearPrefill } from "../kernels/linear.ts";
import type { Machine } from "../kernels/machine.ts";
import { activationsOf, glue, projections } from "../kernels/modules.ts";
import { sequence } from "../kernels/time.ts";
import type { OperatorTime } from "../kernels/time.ts";
import type { Part } from "../serving/replica.ts";

/** A GPU among those that share a layer's attention. */
export interface AttentionRank {
  readonly machine: Machine;
  readonly hidden: number;
  readonly weights: Precision;
  readonly kvDtype: KvDtype;
  /** GPUs that share the heads */
  readonly tp: number;
  /** further GPUs that share the output projection */
  readonly outputRanks: number;
}

/** What the operators of prefill and of decoding are told alike. */
const tokensOf = ({ sequences, newTokens, cachedTokens }: Part) => ({
  requests: sequences,
  newTokens,
  prefixTokens: cachedTokens,
  // a token sees itself
  contextTokens: cachedTokens + 1,
});

/** Time of one layer's attention on one GPU, its projections among it. */
export function attentionTime(rank: AttentionRank, attention: Attention, part: Part): OperatorTime {
  switch (attention.kind) {
    case "grouped-query":
      return groupedQueryTime(rank, attention, part);
    case "latent":
      return latentTime(rank, attention, part);
    case "compressed": {
      const { headDim, queryRank, outputGroups, outputRank, pool, window, indexer, queryHeads } = attention;
      const shape = {
        ...tokensOf(part),
        ...moduleOf(rank, queryHeads.value),
        queryRank: queryRank.value,
        headDim: headDim.value,
        heads: queryHeads.value,
        outputGroups: outputGroups.value,
        outputRank: outputRank.value,
        window: window.value,
        pool: pool?.value ?? Infinity,
        ...(indexer && {
          index: { heads: indexer.heads.value, dim: indexer.headDim.value, topK: indexer.read.value },
        }),
      };
      return part.phase === "prefill"
        ? compressedModulePrefill(rank.machine, shape)
        : compressedModuleDecode(rank.machine, shape);
    }
    case "delta":
      return deltaTime(rank, attention, part);
  }
}

const moduleOf = ({ hidden, weights, kvDtype, tp, outputRanks }: AttentionRank, queryHeads: number) => ({
  hidden,
  weights,
  kvDtype,
  outputRanks,
  queryHeads: queryHeads / tp,
});

function groupedQueryTime(rank: AttentionRank, attention: GroupedQueryAttention, part: Part): OperatorTime {
  const { machine, hidden, tp, weights, outputRanks } = rank;
  const headDim = attention.headDim.value;
  const heads = {
    ...moduleOf(rank, attention.queryHeads.value),
    // fewer kv heads than GPUs are kept by several of them
    kvHeads: Math.max(1, attention.kvHeads.value / tp),
    headDim,
    ...(attention.window && { window: attention.window.value }),
  };
  const shape = { ...heads, ...tokensOf(part) };
  if (attention.blocks) {
    const { indexDim, block, read } = attention.blocks;
    const blocks = { indexDim: indexDim.value, block: block.value, topBlocks: read.value };
    return part.phase === "prefill"
      ? msaModulePrefill(machine, { ...shape, ...blocks })
      : msaModuleDecode(machine, { ...shape, ...blocks });
  }
  const width = heads.queryHeads * headDim;
  const matrices = [
    [hidden, (attention.gated ? 2 : 1) * width + 2 * heads.kvHeads * headDim],
    [width / outputRanks, hidden],
  ] as const;
  const rows = part.sequences * part.newTokens;
  return sequence(`attention of ${heads.queryHeads} query heads, ${part.phase}`, [
    ...projections(machine, rows, weights, matrices),
    part.phase === "prefill" ? gqaPrefill(machine, shape) : gqaDecode(machine, shape),
    glue(machine, `gqa-${part.phase}`, weights, activationsOf(rows, matrices)),
  ]);
}

function latentTime(rank: AttentionRank, attention: LatentAttention, part: Part): OperatorTime {
  const { machine, hidden } = rank;
  const { queryRank, latent, rope, keyDim, valueDim, indexer } = attention;
  const shape = {
    ...tokensOf(part),
    ...moduleOf(rank, attention.queryHeads.value),
    // a query that is projected at once passes a rank as wide as the model
    queryRank: queryRank?.value ?? hidden,
    latent: latent.value,
    rope: rope.value,
    keyDim: keyDim.value,
    valueDim: valueDim.value,
  };
  if (!indexer)
    return part.phase === "prefill" ? mlaModulePrefill(machine, shape) : mlaModuleDecode(machine, shape);
  const index = {
    indexHeads: indexer.heads.value,
    indexDim: indexer.headDim.value,
    topK: indexer.read.value,
  };
  const time = (lent: boolean): OperatorTime =>
    part.phase === "prefill"
      ? dsaModulePrefill(machine, { ...shape, ...index, lent })
      : dsaModuleDecode(machine, { ...shape, ...index, lent });
  const computed = 1 / (indexer.period?.value ?? 1);
  return computed === 1
    ? time(false)
    : sequence("DSA, the mean of layers with an index and without", [
        times(computed, time(false)),
        times(1 - computed, time(true)),
      ]);
}

/** Projections to queries, keys, values, gates and decays, the rule itself, and the output. */
function deltaTime(rank: AttentionRank, attention: DeltaAttention, part: Part): OperatorTime {
  const { machine, hidden, tp, weights } = rank;
  const { rule, queryHeads, valueHeads, keyDim, valueDim, gateRank } = attention;
  const keys = (queryHeads.value * keyDim.value) / tp;
  const values = (valueHeads.value * valueDim.value) / tp;
  const gates = gateRank
    ? ([
        [hidden, gateRank.value],
        [gateRank.value, values],
      ] as const)
    : ([[hidden, values]] as const);
  const decays =
    rule === "kda"
      ? ([
          [hidden, valueDim.value],
          [valueDim.value, keys],
        ] as const)
      : ([[hidden, valueHeads.value / tp]] as const);
  const matrices = [
    [hidden, 2 * keys + values + valueHeads.value / tp],
    ...gates,
    ...decays,
    [values, hidden],
  ] as const;
  const rows = part.sequences * part.newTokens;
  const shape = {
    kind: rule === "kda" ? ("kda" as const) : ("gdn" as const),
    requests: part.sequences,
    newTokens: part.newTokens,
    keyHeads: queryHeads.value / tp,
    valueHeads: valueHeads.value / tp,
    headDim: valueDim.value,
  };
  // drafts that are checked advance the state one after another
  const state =
    part.phase === "prefill"
      ? linearPrefill(machine, shape)
      : linearDecode(machine, { ...shape, requests: rows });
  return sequence(`${rule}, ${part.phase}`, [
    ...projections(machine, rows, weights, matrices),
    state,
    glue(machine, `${shape.kind}-${part.phase}`, weights, activationsOf(rows, matrices)),
  ]);
}

/** So many times an operator, or a share of it: all its amounts scaled. */
export const times = (count: number, time: OperatorTime): OperatorTime => ({
  name: `${Number(count.toPrecision(3))} x ${time.name}`,
  seconds: count * time.seconds,
  flops: count * time.flops,
  bytes: count * time.bytes,
  exponentials: count * time.exponentials,
  linkBytes: count * time.linkBytes,
  terms: [],
  parts: [time],
});
