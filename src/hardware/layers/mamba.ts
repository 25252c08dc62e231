import type { Quantity } from "../../core/units.ts";
import { linearDecode, linearPrefill } from "../kernels/linear.ts";
import { activationsOf, glue, projections } from "../kernels/modules.ts";
import type { WeightMatrix } from "../kernels/modules.ts";
import { sequence } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { Part } from "../serving/replica.ts";
import { convolutionState } from "./convolution-state.ts";
import type { AttentionLayer, AttentionRank, AttentionSharing, Count } from "./layer.ts";
import { weightsIn } from "./layer.ts";
import { recordRates } from "./parts.ts";

/**
 * A state space layer: a state of stateDim x headDim for each head in place of a cache, which decays by a factor that each
 * token decides. Mamba-2 (SSD) has one factor a head; Mamba-1 has heads of one channel, and a factor for each number of
 * the state.
 */
export interface MambaAttention {
  readonly kind: "mamba";
  readonly heads: Count;
  /** channels of a head; 1 in Mamba-1 */
  readonly headDim: Count;
  readonly stateDim: Count;
  /** groups of heads that share the keys and queries of the state (B and C) */
  readonly groups: Count;
  readonly convolution: Count;
  /** Mamba-1 and PLaMo 2: rank of the projection to the steps, which comes after the convolution, as those to B and C do */
  readonly stepRank?: Count;
  /** bytes of each number in the state */
  readonly stateElement: Quantity<"B">;
}

export function mambaLayer(mamba: MambaAttention): AttentionLayer {
  const [heads, headDim] = [mamba.heads.value, mamba.headDim.value];
  const layer: AttentionLayer = {
    queryHeads: heads,
    kvHeads: heads,
    outputHeads: heads,
    outputWidth: heads * headDim,
    reachesAll: false,
    variant: "mamba-2",
    fixed: convolutionState(mamba.convolution.value, filteredOf(mamba, 1)),
    matrices(hidden, sharing) {
      const { products, small } = matricesOf(mamba, hidden, sharing);
      return [...products, ...small];
    },
    shape: (tokens) => ({
      tokens,
      queryHeads: heads,
      kvHeads: heads,
      headDim: mamba.stateDim.value,
      valueDim: headDim,
      bytesPerElement: mamba.stateElement.value,
    }),
    rowBytes: () => 0,
    splitCache: () => layer,
    searching: () => layer,
    time: (rank, part) => timeOf(mamba, rank, part),
    rates: (rank, phase) => recordRates(rank, phase, heads),
  };
  return layer;
}

/** Groups on one GPU; if there are more GPUs than groups, several GPUs keep the same group. */
const groupsOf = ({ groups }: MambaAttention, tp: number): number => Math.max(1, groups.value / tp);

/** Channels that the convolution filters: the heads' own, and in Mamba-2 those of B and C. */
function filteredOf(mamba: MambaAttention, tp: number): number {
  const inner = (mamba.heads.value * mamba.headDim.value) / tp;
  return mamba.stepRank ? inner : inner + 2 * groupsOf(mamba, tp) * mamba.stateDim.value;
}

/**
 * Matrices of one GPU. Sources: state-spaces/mamba, mamba_simple.py and mamba2.py; transformers, modeling_mamba2.py and
 * modeling_jamba.py.
 */
function matricesOf(
  mamba: MambaAttention,
  hidden: number,
  { tp }: AttentionSharing,
): { readonly products: readonly WeightMatrix[]; readonly small: readonly WeightMatrix[] } {
  const { heads, headDim, stateDim, stepRank, convolution } = mamba;
  const inner = (heads.value * headDim.value) / tp;
  const filter: WeightMatrix = [convolution.value, filteredOf(mamba, tp)];
  if (!stepRank)
    return {
      // gate, channels, B, C and steps side by side
      products: [
        [hidden, 2 * inner + 2 * groupsOf(mamba, tp) * stateDim.value + heads.value / tp],
        [inner, hidden],
      ],
      small: [filter],
    };
  return {
    products: [
      [hidden, 2 * inner],
      [inner, stepRank.value + 2 * stateDim.value],
      [stepRank.value, heads.value / tp],
      [inner, hidden],
    ],
    // the filter, and the decay of each number of the state of a head
    small: [filter, [stateDim.value, heads.value / tp]],
  };
}

/** The state's kernels were not measured: they take the rates of Gated DeltaNet's, whose state is alike. */
function timeOf(mamba: MambaAttention, rank: AttentionRank, part: Part): OperatorTime {
  const { machine, hidden, tp, weights } = rank;
  const { products, small } = matricesOf(mamba, hidden, rank);
  const rows = part.sequences * part.newTokens;
  const shape = {
    kind: "gdn" as const,
    newTokens: part.newTokens,
    keyHeads: groupsOf(mamba, tp),
    valueHeads: mamba.heads.value / tp,
    keyDim: mamba.stateDim.value,
    valueDim: mamba.headDim.value,
  };
  const state =
    part.phase === "prefill"
      ? linearPrefill(machine, { ...shape, requests: part.sequences })
      : linearDecode(machine, { ...shape, requests: rows });
  return sequence(`Mamba, ${part.phase}`, [
    ...projections(machine, rows, weights, products),
    state,
    {
      ...glue(machine, `gdn-${part.phase}`, weights, activationsOf(rows, products)),
      weights: weightsIn(small),
    },
  ]);
}
