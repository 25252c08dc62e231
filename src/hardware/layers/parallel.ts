import { sequence } from "../kernels/operator-time.ts";
import { groupedQueryLayer } from "./grouped-query.ts";
import type { GroupedQueryAttention } from "./grouped-query.ts";
import type { AttentionLayer } from "./layer.ts";
import { mambaLayer } from "./mamba.ts";
import type { MambaAttention } from "./mamba.ts";

/** Attention and a state space side by side, whose outputs are added (Falcon-H1). Its variant is that of the attention. */
export interface ParallelAttention {
  readonly kind: "parallel";
  readonly attention: GroupedQueryAttention;
  readonly mamba: MambaAttention;
}

/** An attention layer that keeps the state and the convolution of a state space too. */
export const withState = (
  layer: AttentionLayer,
  mamba: MambaAttention,
  state: AttentionLayer,
): AttentionLayer => ({
  ...layer,
  fixed: {
    convolution: state.fixed?.convolution ?? 0,
    state: mamba.heads.value * mamba.headDim.value * mamba.stateDim.value * mamba.stateElement.value,
  },
});

export function parallelLayer({ attention, mamba }: ParallelAttention): AttentionLayer {
  const [heads, state] = [groupedQueryLayer(attention), mambaLayer(mamba)];
  const beside = (changed: AttentionLayer): AttentionLayer => ({
    ...withState(changed, mamba, state),
    matrices: (hidden, sharing) => [...changed.matrices(hidden, sharing), ...state.matrices(hidden, sharing)],
    splitCache: (ranks) => beside(changed.splitCache(ranks)),
    searching: (search) => beside(changed.searching(search)),
    time: (rank, part) => sequence("attention and Mamba", [changed.time(rank, part), state.time(rank, part)]),
  });
  return beside(heads);
}
