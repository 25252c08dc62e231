import type { FeedForward, MixtureFeedForward } from "../model.ts";
import { expertExchange } from "../kernels/collectives.ts";
import type { Precision } from "../kernels/dtypes.ts";
import { gemm } from "../kernels/gemm.ts";
import type { Machine } from "../kernels/machine.ts";
import { moe } from "../kernels/moe.ts";
import { projections } from "../kernels/modules.ts";
import { sequence } from "../kernels/time.ts";
import type { OperatorTime } from "../kernels/time.ts";
import { stageGpus } from "../parallel.ts";
import type { Parallelism } from "../parallel.ts";
import { allReduceAmong, domainsIn, networkOf } from "./exchange.ts";

/** A GPU among those that share a layer's feed-forward. */
export interface FeedForwardRank {
  readonly machine: Machine;
  readonly hidden: number;
  readonly weights: Precision;
  readonly parallel: Parallelism;
}

/** Tokens of a pass: those that a GPU has as its own group's, and those of all groups of the stage. */
export interface Tokens {
  readonly own: number;
  readonly all: number;
}

/** GPUs that share the columns of dense layers: those that have the same tokens. */
const columnsOf = ({ tp, kvp }: Parallelism): number => tp * kvp;

/** Time of one feed-forward layer on one GPU, and of the exchanges that it needs. */
export function feedForwardTime(rank: FeedForwardRank, group: FeedForward, tokens: Tokens): OperatorTime {
  const { machine, hidden, weights, parallel } = rank;
  const columns = columnsOf(parallel);
  if (group.kind === "mixture") return mixtureTime(rank, group, tokens);
  return sequence("dense feed-forward", [
    ...gated(machine, hidden, group.intermediate.value / columns, tokens.own, weights),
    allReduceAmong(machine, columns, tokens.own * hidden * 2, columns),
  ]);
}

/** Gate and up in one product, then down. */
const gated = (
  machine: Machine,
  hidden: number,
  intermediate: number,
  rows: number,
  weights: Precision,
): OperatorTime[] =>
  projections(machine, rows, weights, [
    [hidden, 2 * intermediate],
    [intermediate, hidden],
  ]);

/**
 * Router, shared experts, routed experts. Where groups have tokens of their own, these are sent to the GPUs that hold
 * their experts and back; where all have the same, each computes its experts' part and the parts are added up.
 */
function mixtureTime(rank: FeedForwardRank, group: MixtureFeedForward, tokens: Tokens): OperatorTime {
  const { machine, hidden, weights, parallel } = rank;
  const { tp, dp, cp, ep } = parallel;
  const { experts, perToken, intermediate, shared, latent } = group;
  const stage = stageGpus(parallel);
  const columns = columnsOf(parallel);
  const width = latent?.value ?? hidden;
  const exchanged = dp * cp > 1;
  const routed = moe(machine, {
    tokens: tokens.all,
    hidden: width,
    intermediate: intermediate.value,
    topK: perToken.value,
    experts: experts.value,
    tensorParallel: stage / ep,
    expertParallel: ep,
    dtype: weights,
  });
  const exchange = (op: "dispatch" | "combine"): OperatorTime => {
    const domains = domainsIn(machine, stage);
    return expertExchange(networkOf(machine, stage), {
      op,
      // GPUs that share heads hold the same tokens, and each sends its part of them
      tokens: tokens.own / tp,
      hidden: width,
      topK: perToken.value,
      // between domains a token is sent to each of them once
      ranks: domains > 1 ? domains : ep,
      dtype: weights,
    });
  };
  return sequence("mixture of experts", [
    gemm(machine, { m: tokens.own, n: experts.value, k: hidden, dtype: "bf16" }),
    ...(latent
      ? projections(machine, tokens.own, weights, [
          [hidden, width / columns],
          [width / columns, hidden],
        ])
      : []),
    ...(shared ? gated(machine, hidden, shared.value / columns, tokens.own, weights) : []),
    ...(exchanged ? [exchange("dispatch"), routed, exchange("combine")] : [routed]),
    exchanged
      ? allReduceAmong(machine, tp, tokens.own * hidden * 2, tp)
      : allReduceAmong(machine, stage, tokens.own * hidden * 2, stage),
  ]);
}
