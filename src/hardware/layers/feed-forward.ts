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
import type { Count, FeedForwardLayer, FeedForwardRank, PassTokens } from "./layer.ts";

/** Gated feed-forward layers, three matrices each, that every token passes. */
export interface DenseFeedForward {
  readonly kind: "dense";
  readonly layers: Count;
  readonly intermediate: Count;
}

/** Mixtures of gated experts. */
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
}

/** Dimensions of the feed-forward of layers that are alike. */
export type FeedForward = DenseFeedForward | MixtureFeedForward;

/** Every kind of feed-forward layer. */
const kinds: {
  readonly [K in FeedForward["kind"]]: (group: Extract<FeedForward, { kind: K }>) => FeedForwardLayer;
} = { dense: denseLayer, mixture: mixtureLayer };

/** A layer with these dimensions. */
export const feedForwardLayer = (group: FeedForward): FeedForwardLayer =>
  (kinds[group.kind] as (group: FeedForward) => FeedForwardLayer)(group);

/** Matrices of a gated layer: gate and up side by side, then down. */
const gated = (hidden: number, intermediate: number): readonly WeightMatrix[] => [
  [hidden, 2 * intermediate],
  [intermediate, hidden],
];

function denseLayer({ intermediate }: DenseFeedForward): FeedForwardLayer {
  const matrices = (hidden: number, columns: number) => gated(hidden, intermediate.value / columns);
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

function mixtureLayer(group: MixtureFeedForward): FeedForwardLayer {
  const experts = group.experts.value;
  return {
    experts,
    activeShare: group.perToken.value / experts,
    always(hidden, columns) {
      const { router, latent, shared } = sharedMatrices(group, hidden, columns);
      return [router, ...latent, ...shared];
    },
    routed: (hidden) =>
      gated(widthOf(group, hidden), group.intermediate.value).map(([rows, columns]) => [
        rows,
        columns,
        experts,
      ]),
    time: (rank, tokens) => mixtureTime(group, rank, tokens),
  };
}

/** Width that routed experts read and write. */
const widthOf = ({ latent }: MixtureFeedForward, hidden: number): number => latent?.value ?? hidden;

/** Matrices of the router (whole on every GPU), of projections to the experts' width and back, and of shared experts. */
function sharedMatrices(
  { experts, latent, shared }: MixtureFeedForward,
  hidden: number,
  columns: number,
): Readonly<Record<"latent" | "shared", readonly WeightMatrix[]>> & { readonly router: WeightMatrix } {
  const between = (width: number): readonly WeightMatrix[] => [
    [hidden, width],
    [width, hidden],
  ];
  return {
    router: [hidden, experts.value],
    latent: latent ? between(latent.value / columns) : [],
    shared: shared ? gated(hidden, shared.value / columns) : [],
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
function mixtureTime(group: MixtureFeedForward, rank: FeedForwardRank, tokens: PassTokens): OperatorTime {
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
