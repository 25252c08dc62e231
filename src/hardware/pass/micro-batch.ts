import { gemm } from "../kernels/gemm.ts";
import { kernelTime, sequence } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { PassTokens } from "../layers/layer.ts";
import { layersOf } from "../model.ts";
import { gpusOf } from "../parallelism.ts";
import type { Parallelism } from "../parallelism.ts";
import type { Part } from "../serving/replica.ts";
import { attentionTimes } from "./attention.ts";
import type { Deployment } from "./deployment.ts";
import { hopsAmong } from "../kernels/exchange.ts";
import { feedForwardTimes } from "./feed-forward.ts";
import { rowsOf } from "./layer.ts";
import { stageLayers } from "./stages.ts";
import type { MicroBatchSeconds } from "./stages.ts";

/** Micro-batches that a part of a pass fills: one for each stage, or one for each sequence of a group if these are fewer. */
export const microBatchesOf = ({ phase, sequences }: Part, { dp, pp }: Parallelism): number =>
  phase === "prefill" ? pp : Math.min(pp, Math.max(1, sequences / dp));

/**
 * One GPU's share of a part of a pass: the sequences of its group in one of `batches` micro-batches, and its piece of a
 * prompt. If a group has fewer prompts than micro-batches, each micro-batch is a chunk of one prompt.
 */
export function ownPart(
  { phase, sequences, newTokens, cachedTokens }: Part,
  parallel: Parallelism,
  batches: number,
): Part {
  const { dp, cp } = parallel;
  const group = sequences > dp ? sequences / dp : Math.min(1, sequences);
  const own = group > batches ? group / batches : Math.min(1, group);
  if (phase === "decode") return { phase, sequences: own, newTokens, cachedTokens };
  // all pieces have as many query-key pairs as a piece in the middle of the prompt
  const piece = (newTokens * group) / (own * batches) / cp;
  return { phase, sequences: own, newTokens: piece, cachedTokens: cachedTokens + (newTokens - piece) / 2 };
}

/** Sequences that go through the stages of a model together. */
export interface MicroBatch {
  /** in all layers of all stages */
  readonly layers: OperatorTime;
  /** sending hidden states from stage to stage; undefined without stages */
  readonly hops: OperatorTime | undefined;
  readonly head: OperatorTime;
  /** of `layers`: of the slowest GPU, without exchanges */
  readonly attentionSeconds: number;
  readonly feedForwardSeconds: number;
  /** of `layers`: exchanges between GPUs that do not hide behind work */
  readonly linkSeconds: number;
}

/** Layers of each stage of a deployment. */
export const stagesOf = ({ model, parallel }: Pick<Deployment, "model" | "parallel">): number[] =>
  stageLayers(layersOf(model), parallel.pp);

/** Times of a micro-batch, s. @param stages layers of each stage */
export const secondsOf = (
  { layers, hops, head }: MicroBatch,
  { length: stages }: readonly number[],
): MicroBatchSeconds => ({
  layers: layers.seconds,
  hop: hops === undefined ? 0 : hops.seconds / (stages - 1),
  head: head.seconds,
});

/**
 * True if a pass runs on two streams: engines do so in CUDA graphs, which they capture of passes that only decode
 * (TensorRT-LLM, multi_stream_utils.py; SGLang, models/deepseek_v2.py). Where the halves of a batch hide exchanges of each
 * other, the second stream has the other half.
 */
export const hasSecondStream = ({ overlapLinks }: Deployment, parts: readonly Part[]): boolean =>
  !overlapLinks && parts.every(({ phase }) => phase === "decode");

/** One of `batches` micro-batches of these parts. By default they are one. */
export function microBatchOf(deployment: Deployment, parts: readonly Part[], batches = 1): MicroBatch {
  const { parallel, overlapLinks } = deployment;
  const own = parts.map((part) => ownPart(part, parallel, batches));
  const rows = (part: Part): number => rowsOf([part]) / Math.min(batches, microBatchesOf(part, parallel));
  const tokens: PassTokens = {
    own: rowsOf(own),
    all: parts.reduce((sum, part) => sum + rows(part), 0),
    secondStream: hasSecondStream(deployment, parts),
  };
  const attention = attentionTimes(deployment, own);
  const feedForward = feedForwardTimes(deployment, tokens);
  const all = sequence("layers", [...attention, ...feedForward]);
  const links = linkSeconds(all);
  const hidden = overlapLinks ? Math.min(links, all.seconds - links) : 0;
  const withoutLinks = (parts: readonly OperatorTime[]): number =>
    parts.reduce((sum, part) => sum + part.seconds - linkSeconds(part), 0);
  return {
    layers:
      hidden > 0
        ? sequence("layers", [
            all,
            kernelTime("less exchanges that hide behind the other half", -hidden, [], {
              hides: exchangesOf(all),
            }),
          ])
        : all,
    hops: parallel.pp === 1 ? undefined : stageChanges(deployment, tokens.own),
    head: headTime(deployment, own),
    attentionSeconds: withoutLinks(attention),
    feedForwardSeconds: withoutLinks(feedForward),
    linkSeconds: links - hidden,
  };
}

/** Kernels that send over links. */
const exchangesOf = (time: OperatorTime): OperatorTime[] => {
  if (time.linkBytes === 0) return [];
  return time.parts.length === 0 ? [time] : time.parts.flatMap(exchangesOf);
};

/** Seconds of operators that send over links. */
function linkSeconds(time: OperatorTime): number {
  if (time.linkBytes === 0) return 0;
  if (time.parts.length === 0) return time.seconds;
  const inside = time.parts.reduce((sum, part) => sum + linkSeconds(part), 0);
  // a repeated operator takes longer than the one part that it lists
  const shown = time.parts.reduce((sum, part) => sum + part.seconds, 0);
  return (inside * time.seconds) / shown;
}

/** Time to send hidden states from stage to stage, over all stages. */
const stageChanges = ({ machine, model, parallel }: Deployment, rows: number): OperatorTime =>
  hopsAmong(machine, {
    bytes: rows * model.hidden.value * 2,
    stages: parallel.pp,
    gpus: gpusOf(parallel),
  });

/** Time of the output head: it has one row for each token that decodes, and one for each prompt. */
export function headTime(
  { machine, model, parallel, weights }: Deployment,
  own: readonly Part[],
): OperatorTime {
  const rows = own.reduce(
    (sum, { phase, sequences, newTokens }) => sum + sequences * (phase === "decode" ? newTokens : 1),
    0,
  );
  const n = model.vocabulary.value / (parallel.tp * parallel.kvp);
  return gemm(machine, { m: rows, n, k: model.hidden.value, dtype: weights.embeddings.product });
}
