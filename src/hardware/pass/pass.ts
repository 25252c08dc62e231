import { gemm } from "../kernels/gemm.ts";
import { kernelTime, sequence, times } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import { feedForwardLayer } from "../layers/feed-forward.ts";
import type { FeedForwardPrecisions, PassTokens } from "../layers/layer.ts";
import { gpusOf } from "../parallelism.ts";
import type { Parallelism } from "../parallelism.ts";
import type { Part } from "../serving/replica.ts";
import type { Deployment } from "./deployment.ts";
import { hopsAmong } from "../kernels/exchange.ts";
import { layerAttention, rowsOf } from "./layer.ts";

/** Assumptions about a forward pass, printed with every answer. */
export const passAssumptions: readonly string[] = [
  "kernels one after another; sequences of a pass that decode are as long as their mean",
  "sequences spread evenly over groups and stages; of ranks that share experts, the busiest counts",
  "a variant without measured kernels reads at the rate of dense attention's kernels, and chooses as DSA does",
  "prefill and decoding in one pass share the products of feed-forward layers, but not those of attention",
  "left out: scheduling, sampling, tokenisation, the network to the user, norms between layers",
];

/** One GPU's share of a part of a pass: the sequences of its group and stage, and its piece of a prompt. */
function ownPart({ phase, sequences, newTokens, cachedTokens }: Part, parallel: Parallelism): Part {
  const { dp, cp, pp } = parallel;
  const groups = dp * pp;
  const own = sequences > groups ? sequences / groups : Math.min(1, sequences);
  if (phase === "decode") return { phase, sequences: own, newTokens, cachedTokens };
  // all pieces have as many query-key pairs as a piece in the middle of the prompt
  const piece = newTokens / cp;
  return { phase, sequences: own, newTokens: piece, cachedTokens: cachedTokens + (newTokens - piece) / 2 };
}

/** A forward pass: its time, and the time of its parts. */
export interface Pass {
  readonly time: OperatorTime;
  /** of the slowest GPU, without exchanges */
  readonly attentionSeconds: number;
  readonly feedForwardSeconds: number;
  /** exchanges between GPUs that do not hide behind work */
  readonly linkSeconds: number;
}

/** Precisions of the products of feed-forward layers. */
const precisionsOf = ({
  weights: { dense, shared, experts, router },
}: Pick<Deployment, "weights">): FeedForwardPrecisions => ({
  dense: dense.product,
  shared: shared.product,
  experts: experts.product,
  router: router.product,
});

/** The forward pass that computes these parts together. */
export function passOf(deployment: Deployment, parts: readonly Part[]): Pass {
  const { machine, model, layers, parallel, overlapLinks, routing } = deployment;
  const own = parts.map((part) => ownPart(part, parallel));
  const tokens: PassTokens = { own: rowsOf(own), all: rowsOf(parts) / parallel.pp };
  const weights = precisionsOf(deployment);
  const rank = { machine, hidden: model.hidden.value, weights, parallel, routing };
  const attention = layers.map((work) => times(work.layers, layerAttention(deployment, work, own)));
  const feedForward = model.feedForward.map((group) =>
    times(group.layers.value, feedForwardLayer(group).time(rank, tokens)),
  );
  const stages = sequence("layers", [...attention, ...feedForward]);
  const links = linkSeconds(stages);
  const hidden = overlapLinks ? Math.min(links, stages.seconds - links) : 0;
  const changes = stageChanges(deployment, tokens.own);
  const time = sequence("forward pass", [
    stages,
    ...(hidden > 0 ? [kernelTime("less exchanges that hide behind the other half", -hidden, [])] : []),
    ...changes,
    ...fill(parts, parallel, stages.seconds - hidden),
    head(deployment, own),
  ]);
  const withoutLinks = (parts: readonly OperatorTime[]): number =>
    parts.reduce((sum, part) => sum + part.seconds - linkSeconds(part), 0);
  return {
    time,
    attentionSeconds: withoutLinks(attention),
    feedForwardSeconds: withoutLinks(feedForward),
    linkSeconds: links - hidden + changes.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Seconds of operators that send over links. */
function linkSeconds(time: OperatorTime): number {
  if (time.linkBytes === 0) return 0;
  if (time.parts.length === 0) return time.seconds;
  const inside = time.parts.reduce((sum, part) => sum + linkSeconds(part), 0);
  // a repeated operator takes longer than the one part that it lists
  const shown = time.parts.reduce((sum, part) => sum + part.seconds, 0);
  return (inside * time.seconds) / shown;
}

/** Time to send hidden states from stage to stage. */
const stageChanges = ({ machine, model, parallel }: Deployment, rows: number): OperatorTime[] =>
  parallel.pp === 1
    ? []
    : [
        hopsAmong(machine, {
          bytes: rows * model.hidden.value * 2,
          stages: parallel.pp,
          gpus: gpusOf(parallel),
        }),
      ];

/** Time to fill and drain the pipeline: a pass with prompts is cut into as many micro-batches as stages. */
const fill = (parts: readonly Part[], { pp }: Parallelism, seconds: number): OperatorTime[] =>
  pp > 1 && parts.some(({ phase }) => phase === "prefill")
    ? [kernelTime("filling and draining the pipeline", ((pp - 1) / pp) * seconds, [])]
    : [];

/** Time of the output head: it has one row for each token that decodes, and one for each prompt. */
function head({ machine, model, parallel, weights }: Deployment, own: readonly Part[]): OperatorTime {
  const rows = own.reduce(
    (sum, { phase, sequences, newTokens }) => sum + sequences * (phase === "decode" ? newTokens : 1),
    0,
  );
  const n = model.vocabulary.value / (parallel.tp * parallel.kvp);
  return gemm(machine, { m: rows, n, k: model.hidden.value, dtype: weights.embeddings.product });
}

/** Time of one pass of a multi-token-prediction layer: a layer like the model's last one, and the output head. */
export function draftTime(deployment: Deployment, sequences: number, cachedTokens: number): OperatorTime {
  const { machine, model, layers, parallel, routing } = deployment;
  const part: Part = { phase: "decode", sequences, newTokens: 1, cachedTokens };
  const own = [ownPart(part, parallel)];
  const rank = {
    machine,
    hidden: model.hidden.value,
    weights: precisionsOf(deployment),
    parallel,
    routing,
  };
  return sequence("draft", [
    layerAttention(deployment, layers.at(-1)!, own),
    feedForwardLayer(model.feedForward.at(-1)!).time(rank, {
      own: rowsOf(own),
      all: sequences / parallel.pp,
    }),
    head(deployment, own),
  ]);
}
