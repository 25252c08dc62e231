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
 * A gated short convolution in place of attention: a token mixes with the `kernel - 1` tokens before it (LFM2). Source:
 * transformers, modeling_lfm2.py, Lfm2ShortConv.
 */
export interface ShortConvolution {
  readonly kind: "convolution";
  readonly channels: Count;
  readonly kernel: Count;
}

export function convolutionLayer(convolution: ShortConvolution): AttentionLayer {
  const channels = convolution.channels.value;
  const layer: AttentionLayer = {
    queryHeads: channels,
    kvHeads: channels,
    outputHeads: channels,
    outputWidth: channels,
    reachesAll: false,
    fixed: convolutionState(convolution.kernel.value, channels),
    matrices: (hidden, sharing) => [
      ...productsOf(convolution, hidden, sharing),
      filterOf(convolution, sharing),
    ],
    shape: (tokens) => ({ tokens, queryHeads: channels, kvHeads: channels, headDim: 1, bytesPerElement: 0 }),
    rowBytes: () => 0,
    splitCache: () => layer,
    searching: () => layer,
    time: (rank, part) => timeOf(convolution, rank, part),
    rates: (rank, phase) => recordRates(rank, phase, rank.tp),
  };
  return layer;
}

/** Two gates and the input side by side, then the output. */
function productsOf(
  { channels }: ShortConvolution,
  hidden: number,
  { tp }: AttentionSharing,
): readonly WeightMatrix[] {
  const width = channels.value / tp;
  return [
    [hidden, 3 * width],
    [width, hidden],
  ];
}

const filterOf = ({ channels, kernel }: ShortConvolution, { tp }: AttentionSharing): WeightMatrix => [
  kernel.value,
  channels.value / tp,
];

/** The convolution and its gates are small kernels between the products, at the rates of those around the delta rule. */
function timeOf(convolution: ShortConvolution, rank: AttentionRank, part: Part): OperatorTime {
  const { machine, hidden, weights } = rank;
  const products = productsOf(convolution, hidden, rank);
  const rows = part.sequences * part.newTokens;
  return sequence(`short convolution, ${part.phase}`, [
    ...projections(machine, rows, weights, products),
    {
      ...glue(machine, `gdn-${part.phase}`, weights, activationsOf(rows, products)),
      weights: weightsIn([filterOf(convolution, rank)]),
    },
  ]);
}
