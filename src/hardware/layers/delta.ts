import type { Quantity } from "../../core/units.ts";
import { linearDecode, linearPrefill } from "../kernels/linear.ts";
import { activationsOf, glue, projections } from "../kernels/modules.ts";
import type { WeightMatrix } from "../kernels/modules.ts";
import { sequence } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { Part } from "../serving/replica.ts";
import type { AttentionLayer, AttentionRank, AttentionSharing, Count } from "./layer.ts";
import { weightsIn } from "./layer.ts";
import { convolutionState } from "./convolution-state.ts";
import { recordRates } from "./parts.ts";
import type { Streams } from "./streams.ts";

/**
 * A recurrence: a state of keyDim x valueDim for each value head in place of a cache. With the delta rule a write replaces
 * the value of its key; lightning attention adds it.
 */
export interface DeltaAttention extends Streams {
  readonly kind: "delta";
  readonly rule: "kda" | "gated-deltanet" | "lightning";
  /** heads of queries and of keys; each serves valueHeads / queryHeads states */
  readonly queryHeads: Count;
  readonly valueHeads: Count;
  readonly keyDim: Count;
  readonly valueDim: Count;
  /** kernel of the convolution before the rule; none in lightning attention */
  readonly convolution?: Count;
  /** rank of the output gate's projection; a full projection without it */
  readonly gateRank?: Count;
  /** decays of KDA are projected in one step, and not through a rank of one head (Ling 3.0) */
  readonly fullDecays?: true;
  /** bytes of each number in the state */
  readonly stateElement: Quantity<"B">;
}

export function deltaLayer(attention: DeltaAttention): AttentionLayer {
  const { rule, stateElement } = attention;
  const queryHeads = attention.queryHeads.value;
  const valueHeads = attention.valueHeads.value;
  const valueDim = attention.valueDim.value;
  const layer: AttentionLayer = {
    queryHeads,
    kvHeads: valueHeads,
    outputHeads: valueHeads,
    outputWidth: valueHeads * valueDim,
    reachesAll: false,
    variant: rule === "lightning" ? "linear(decay=slopes)" : rule,
    ...(attention.convolution && {
      fixed: convolutionState(
        attention.convolution.value,
        2 * queryHeads * attention.keyDim.value + valueHeads * valueDim,
      ),
    }),
    matrices(hidden, sharing) {
      const { products, convolution } = matricesOf(attention, hidden, sharing);
      return [...products, ...convolution];
    },
    // a state has elements of its own width, whatever the dtype of the cache
    shape: (tokens) => ({
      tokens,
      queryHeads,
      kvHeads: valueHeads,
      headDim: attention.keyDim.value,
      valueDim,
      bytesPerElement: stateElement.value,
    }),
    rowBytes: () => 0,
    splitCache: () => layer,
    searching: () => layer,
    time: (rank, part) => timeOf(attention, rank, part),
    rates: (rank, phase) => recordRates(rank, phase, queryHeads),
  };
  return layer;
}

/**
 * Matrices: queries, keys, values and write strengths; gates; decays; output. The convolution comes before the rule.
 * Sources: transformers, modeling_qwen3_next.py; Kimi-Linear, modeling_kimi.py.
 */
function matricesOf(
  { rule, queryHeads, valueHeads, keyDim, valueDim, gateRank, convolution, fullDecays }: DeltaAttention,
  hidden: number,
  { tp }: AttentionSharing,
): { readonly products: readonly WeightMatrix[]; readonly convolution: readonly WeightMatrix[] } {
  const keys = (queryHeads.value * keyDim.value) / tp;
  const values = (valueHeads.value * valueDim.value) / tp;
  const strengths = valueHeads.value / tp;
  const gates: WeightMatrix[] = gateRank
    ? [
        [hidden, gateRank.value],
        [gateRank.value, values],
      ]
    : [[hidden, values]];
  // lightning attention has fixed decays, and writes every token in full
  if (rule === "lightning")
    return { products: [[hidden, 2 * keys + values], ...gates, [values, hidden]], convolution: [] };
  // KDA has a decay for each channel, through a rank of one head; Gated DeltaNet has one for each head
  const decays: WeightMatrix[] =
    rule !== "kda"
      ? [[hidden, strengths]]
      : fullDecays
        ? [[hidden, keys]]
        : [
            [hidden, valueDim.value],
            [valueDim.value, keys],
          ];
  return {
    products: [[hidden, 2 * keys + values + strengths], ...gates, ...decays, [values, hidden]],
    convolution: convolution ? [[convolution.value, 2 * keys + values]] : [],
  };
}

function timeOf(attention: DeltaAttention, rank: AttentionRank, part: Part): OperatorTime {
  const { machine, hidden, tp, weights } = rank;
  const { rule, queryHeads, valueHeads, keyDim, valueDim } = attention;
  const { products, convolution } = matricesOf(attention, hidden, rank);
  const rows = part.sequences * part.newTokens;
  const shape = {
    kind: rule === "kda" ? ("kda" as const) : ("gdn" as const),
    requests: part.sequences,
    newTokens: part.newTokens,
    keyHeads: queryHeads.value / tp,
    valueHeads: valueHeads.value / tp,
    keyDim: keyDim.value,
    valueDim: valueDim.value,
  };
  // drafts that are checked advance the state one after another
  const state =
    part.phase === "prefill"
      ? linearPrefill(machine, shape)
      : linearDecode(machine, { ...shape, requests: rows });
  return sequence(`${rule}, ${part.phase}`, [
    ...projections(machine, rows, weights, products),
    state,
    // the convolution is one of the small kernels around the rule
    {
      ...glue(machine, `${shape.kind}-${part.phase}`, weights, activationsOf(rows, products)),
      weights: weightsIn(convolution),
    },
  ]);
}
