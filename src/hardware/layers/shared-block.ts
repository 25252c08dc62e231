import { gqaDecode, gqaPrefill } from "../kernels/gqa.ts";
import { activationsOf, glue, projections } from "../kernels/modules.ts";
import type { WeightMatrix } from "../kernels/modules.ts";
import { sequence } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { Part } from "../serving/replica.ts";
import { groupedQueryLayer } from "./grouped-query.ts";
import type { GroupedQueryAttention } from "./grouped-query.ts";
import type { AttentionLayer, AttentionRank, AttentionSharing, Count, LayerMatrix } from "./layer.ts";
import { mambaLayer } from "./mamba.ts";
import type { MambaAttention } from "./mamba.ts";
import { withState } from "./parallel.ts";
import { moduleOf, tokensOf } from "./parts.ts";

/**
 * A transformer block whose weights several layers share, and a state space after it (Zamba, Zamba2). Its attention reads
 * the hidden state and the token's embedding side by side; a layer has its own linear layer behind the block, and low-rank
 * adapters. Each layer has K and V of its own. Source: transformers 5.18.0, modeling_zamba.py and modeling_zamba2.py.
 */
export interface SharedBlockAttention {
  readonly kind: "shared-block";
  readonly attention: GroupedQueryAttention;
  readonly mamba: MambaAttention;
  /** width of the block's feed-forward, which has a gate */
  readonly intermediate: Count;
  /** blocks over the layers that share them */
  readonly share: Count;
  /** rank of each layer's adapter of the feed-forward's gate and input (Zamba2) */
  readonly feedForwardRank?: Count;
  /** rank of each layer's adapters of queries, keys and values (Zamba2) */
  readonly attentionRank?: Count;
}

export function sharedBlockLayer(block: SharedBlockAttention): AttentionLayer {
  const { attention, mamba, share } = block;
  const [heads, state] = [groupedQueryLayer(attention), mambaLayer(mamba)];
  const beside = (changed: AttentionLayer): AttentionLayer => ({
    ...withState(changed, mamba, state),
    matrices: (hidden, sharing) => [
      ...sharedMatrices(block, hidden, sharing).map(([rows, columns]): LayerMatrix => [
        rows,
        columns,
        share.value,
      ]),
      ...ownMatrices(block, hidden, sharing),
      ...state.matrices(hidden, sharing),
    ],
    splitCache: (ranks) => beside(changed.splitCache(ranks)),
    searching: (search) => beside(changed.searching(search)),
    // the shared weights are read once for each layer
    time: (rank, part) =>
      sequence("shared block and Mamba", [...timesOf(block, rank, part), state.time(rank, part)]),
  });
  return beside(heads);
}

/** Numbers of a token's queries, keys and values on one GPU. */
function widthsOf({ attention }: SharedBlockAttention, { tp }: AttentionSharing) {
  const { queryHeads, kvHeads, headDim } = attention;
  return { queries: (queryHeads.value * headDim.value) / tp, keys: (kvHeads.value * headDim.value) / tp };
}

/** Matrices of the block that layers share. */
function sharedMatrices(
  block: SharedBlockAttention,
  hidden: number,
  sharing: AttentionSharing,
): readonly WeightMatrix[] {
  const { queries, keys } = widthsOf(block, sharing);
  const inner = block.intermediate.value / sharing.tp;
  return [
    [2 * hidden, queries + 2 * keys],
    [queries, hidden],
    [hidden, 2 * inner],
    [inner, hidden],
  ];
}

/** Matrices of a layer's own: adapters, and the linear layer behind the block. */
function ownMatrices(
  block: SharedBlockAttention,
  hidden: number,
  sharing: AttentionSharing,
): readonly WeightMatrix[] {
  const { queries, keys } = widthsOf(block, sharing);
  const [attention, feedForward] = [block.attentionRank?.value ?? 0, block.feedForwardRank?.value ?? 0];
  const inner = block.intermediate.value / sharing.tp;
  const all: readonly WeightMatrix[] = [
    [2 * hidden, 3 * attention],
    [attention, queries + 2 * keys],
    [hidden, feedForward],
    [feedForward, 2 * inner],
    [hidden, hidden / sharing.tp],
  ];
  return all.filter(([rows, columns]) => rows * columns > 0);
}

function timesOf(block: SharedBlockAttention, rank: AttentionRank, part: Part): readonly OperatorTime[] {
  const { machine, hidden, weights, tp } = rank;
  const { queryHeads, kvHeads, headDim } = block.attention;
  const rows = part.sequences * part.newTokens;
  const products = [...sharedMatrices(block, hidden, rank), ...ownMatrices(block, hidden, rank)];
  const shape = {
    ...moduleOf(rank),
    ...tokensOf(part),
    queryHeads: queryHeads.value / tp,
    kvHeads: Math.max(1, kvHeads.value / tp),
    headDim: headDim.value,
  };
  const attention = part.phase === "prefill" ? gqaPrefill(machine, shape) : gqaDecode(machine, shape);
  return [
    ...projections(machine, rows, weights, products),
    attention,
    glue(machine, `gqa-${part.phase}`, weights, activationsOf(rows, products)),
  ];
}
