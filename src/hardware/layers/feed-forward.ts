import { allReduceAmong, domainsIn } from "../kernels/exchange.ts";
import { expertExchanges } from "../kernels/expert-exchange.ts";
import { gemm } from "../kernels/gemm.ts";
import { moe } from "../kernels/moe.ts";
import { arrivalFactor, arrivingTokens, hottestRank } from "../kernels/routing.ts";
import { projections } from "../kernels/modules.ts";
import type { WeightMatrix } from "../kernels/modules.ts";
import { beside, sequence } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import { columnsOf, stageGpus } from "../parallelism.ts";
import { noFeedForwardLayer } from "./none.ts";
import type { Count, FeedForwardLayer, FeedForwardRank, LayerMatrix, PassTokens } from "./layer.ts";

/** Feed-forward layers that every token passes: three matrices each, or two without a gate. */
export interface DenseFeedForward {
  readonly kind: "dense";
  readonly layers: Count;
  readonly intermediate: Count;
  readonly ungated?: true;
  /** width of an embedding of the token for this layer, which its output takes in (Gemma 3n) */
  readonly tokenWidth?: Count;
}

/** Layers without feed-forward. */
export interface NoFeedForward {
  readonly kind: "none";
  readonly layers: Count;
}

/** Mixtures of experts. */
export interface MixtureFeedForward {
  readonly kind: "mixture";
  readonly layers: Count;
  readonly experts: Count;
  /** experts that a token is sent to */
  readonly perToken: Count;
  /** width of a routed expert */
  readonly intermediate: Count;
  /** width of all shared experts together, which every token passes */
  readonly shared?: Count;
  /** width that routed experts read and write, with a projection down and one up; the model's width by default */
  readonly latent?: Count;
  /** experts of images beside those of text: tokens of text never reach them (ERNIE 4.5 VL) */
  readonly imageExperts?: { readonly experts: Count; readonly intermediate: Count };
  /** experts, the shared ones too, have two matrices each and no gate */
  readonly ungated?: true;
  readonly tokenWidth?: Count;
}

/** Dimensions of the feed-forward of layers that are alike. */
export type FeedForward = DenseFeedForward | MixtureFeedForward | NoFeedForward;

type MixtureDims = Omit<MixtureFeedForward, "layers">;

/** Dimensions of the feed-forward of one layer. */
export type FeedForwardDims = Omit<DenseFeedForward, "layers"> | MixtureDims | Omit<NoFeedForward, "layers">;

/** Every kind of feed-forward layer. */
const kinds: {
  readonly [K in FeedForward["kind"]]: (group: Extract<FeedForwardDims, { kind: K }>) => FeedForwardLayer;
} = { dense: denseLayer, mixture: mixtureLayer, none: noFeedForwardLayer };

/** A layer with these dimensions. */
export const feedForwardLayer = (group: FeedForwardDims): FeedForwardLayer =>
  (kinds[group.kind] as (group: FeedForwardDims) => FeedForwardLayer)(group);

/** Matrices of a layer: gate and up side by side, or up alone, then down. */
const matricesOf = (
  { ungated }: { readonly ungated?: true },
  hidden: number,
  intermediate: number,
): readonly WeightMatrix[] => [
  [hidden, (ungated ? 1 : 2) * intermediate],
  [intermediate, hidden],
];

/**
 * Matrices that take a token's own embedding of a layer in: a gate, the layer's part of the projection of the token's
 * usual embedding, and the projection of both. Source: transformers, modeling_gemma3n.py, per_layer_input_gate,
 * per_layer_model_projection and per_layer_projection.
 */
const tokenMatrices = (hidden: number, width: Count | undefined, columns: number): readonly WeightMatrix[] =>
  width
    ? [
        [hidden, (2 * width.value) / columns],
        [width.value / columns, hidden],
      ]
    : [];

function denseLayer(group: Omit<DenseFeedForward, "layers">): FeedForwardLayer {
  const matrices = (hidden: number, columns: number) => [
    ...matricesOf(group, hidden, group.intermediate.value / columns),
    ...tokenMatrices(hidden, group.tokenWidth, columns),
  ];
  return {
    experts: 0,
    activeShare: 0,
    always: matrices,
    routed: () => [],
    time({ machine, hidden, weights, parallel }, { own }) {
      const columns = columnsOf(parallel);
      return sequence("dense feed-forward", [
        ...projections(machine, own, weights.dense, matrices(hidden, columns)),
        allReduceAmong(machine, { gpus: columns, bytes: own * hidden * 2, span: columns }),
      ]);
    },
  };
}

function mixtureLayer(group: MixtureDims): FeedForwardLayer {
  const experts = group.experts.value;
  return {
    experts,
    activeShare: group.perToken.value / experts,
    always(hidden, columns) {
      const { router, latent, shared } = sharedMatrices(group, hidden, columns);
      return [router, ...latent, ...shared];
    },
    routed: (hidden) =>
      matricesOf(group, widthOf(group, hidden), group.intermediate.value).map(([rows, columns]) => [
        rows,
        columns,
        experts,
      ]),
    idle: (hidden) => imageMatrices(group, hidden),
    time: (rank, tokens) => mixtureTime(group, rank, tokens),
  };
}

/** Matrices of the experts of images, and of their router. */
function imageMatrices(group: MixtureDims, hidden: number): readonly LayerMatrix[] {
  if (!group.imageExperts) return [];
  const { experts, intermediate } = group.imageExperts;
  const each = matricesOf(group, hidden, intermediate.value);
  return [
    [hidden, experts.value],
    ...each.map(([rows, columns]): LayerMatrix => [rows, columns, experts.value]),
  ];
}

/** Width that routed experts read and write. */
const widthOf = ({ latent }: MixtureDims, hidden: number): number => latent?.value ?? hidden;

/** Matrices of the router (whole on every GPU), of projections to the experts' width and back, and of shared experts. */
function sharedMatrices(
  group: MixtureDims,
  hidden: number,
  columns: number,
): Readonly<Record<"latent" | "shared", readonly WeightMatrix[]>> & { readonly router: WeightMatrix } {
  const { experts, latent, shared, tokenWidth } = group;
  const between = (width: number): readonly WeightMatrix[] => [
    [hidden, width],
    [width, hidden],
  ];
  return {
    router: [hidden, experts.value],
    latent: latent ? between(latent.value / columns) : [],
    shared: [
      ...(shared ? matricesOf(group, hidden, shared.value / columns) : []),
      ...tokenMatrices(hidden, tokenWidth, columns),
    ],
  };
}

/**
 * Time of router, shared experts and routed experts. If groups have their own tokens, these are sent to the GPUs that hold
 * their experts and back. If all GPUs have the same tokens, each computes the part of its experts and the parts are added.
 *
 * On a second stream shared experts run beside router, exchanges and routed experts. Sources: TensorRT-LLM,
 * modeling_deepseekv3.py, Deepseekv3MoE (`maybe_execute_in_parallel`); SGLang, models/deepseek_v2.py (`alt_stream`); vLLM,
 * fused_moe/runner/shared_experts.py.
 */
function mixtureTime(group: MixtureDims, rank: FeedForwardRank, tokens: PassTokens): OperatorTime {
  const { machine, hidden, weights, parallel, routing } = rank;
  const { tp, dp, cp, ep } = parallel;
  const { experts, perToken, intermediate } = group;
  const stage = stageGpus(parallel);
  const width = widthOf(group, hidden);
  const exchanged = dp * cp > 1;
  const summing = exchanged ? tp : stage;
  const { router, latent, shared } = sharedMatrices(group, hidden, columnsOf(parallel));
  const [k, n] = router;
  const chosen = {
    tokens: tokens.all,
    topK: perToken.value,
    experts: experts.value,
    expertParallel: ep,
    routing,
  };
  const routed = moe(machine, {
    tokens: exchanged ? arrivingTokens(chosen) : tokens.all,
    hidden: width,
    intermediate: intermediate.value,
    experts: experts.value,
    tensorParallel: stage / ep,
    expertParallel: ep,
    dtype: weights.experts,
    ...(group.ungated && { ungated: true as const }),
    load: hottestRank(chosen),
  });
  const exchanges = expertExchanges(machine, {
    // GPUs that share heads hold the same tokens; each sends its part of them
    tokens: tokens.own / tp,
    hidden: width,
    topK: perToken.value,
    ranks: ep,
    domains: domainsIn(machine, stage),
    dtype: weights.experts,
    busiest: arrivalFactor(chosen),
  });
  const together = tokens.secondStream ? beside : inTurn;
  return sequence("mixture of experts", [
    ...projections(machine, tokens.own, weights.shared, latent),
    together(
      "router, routed experts and shared experts",
      [
        gemm(machine, { m: tokens.own, n, k, dtype: weights.router }),
        ...(exchanged ? [exchanges.dispatch, routed, exchanges.combine] : [routed]),
      ],
      projections(machine, tokens.own, weights.shared, shared),
    ),
    allReduceAmong(machine, { gpus: summing, bytes: tokens.own * hidden * 2, span: summing }),
  ]);
}

const inTurn: typeof beside = (name, first, second) => sequence(name, [...first, ...second]);
