import { gemm } from "../kernels/gemm.ts";
import { kernelTime, sequence } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import { feedForwardLayer } from "../layers/feed-forward.ts";
import type { Part } from "../serving/replica.ts";
import { draftWeights } from "../weights/drafts.ts";
import type { Deployment } from "./deployment.ts";
import { feedForwardRank } from "./feed-forward.ts";
import { layerAttention, rowsOf } from "./layer.ts";
import {
  hasSecondStream,
  headTime,
  microBatchesOf,
  microBatchOf,
  ownPart,
  secondsOf,
  stagesOf,
} from "./micro-batch.ts";
import { latencyOf, slowestStage } from "./stages.ts";

/** Assumptions about a forward pass, printed with every answer. */
export const passAssumptions: readonly string[] = [
  "kernels one after another, but shared experts of passes that only decode beside routed ones; sequences of a pass that decode are as long as their mean",
  "sequences spread evenly over groups and stages; of ranks that share experts, the busiest counts",
  "a variant without measured kernels reads at the rate of dense attention's kernels, and chooses as DSA does",
  "prefill and decoding in one pass share the products of feed-forward layers, but not those of attention",
  "left out: scheduling, sampling, tokenisation, the network to the user, norms between layers",
];

/** A forward pass: its time, and the seconds of its parts, which add up to it. */
export interface Pass {
  readonly time: OperatorTime;
  /** of the slowest GPU, without exchanges */
  readonly attentionSeconds: number;
  readonly feedForwardSeconds: number;
  /** exchanges between GPUs that do not hide behind work */
  readonly linkSeconds: number;
  /** of the output head */
  readonly headSeconds: number;
  /** waiting for the fullest stage; 0 without stages */
  readonly waitSeconds: number;
}

/**
 * The forward pass that computes these parts together. With stages the parts are cut into micro-batches, one for each
 * stage, and the time is that from one pass to the next while the pipeline is full: until a micro-batch has gone through
 * all stages, and the fullest stage has worked on all micro-batches.
 */
export function passOf(deployment: Deployment, parts: readonly Part[]): Pass {
  const { parallel } = deployment;
  const stages = stagesOf(deployment);
  const batch = microBatchOf(deployment, parts, parallel.pp);
  const { layers, hops, head, attentionSeconds, feedForwardSeconds, linkSeconds } = batch;
  const seconds = secondsOf(batch, stages);
  const inFlight = Math.max(...parts.map((part) => microBatchesOf(part, parallel)));
  const wait = inFlight * slowestStage(seconds, stages) - latencyOf(seconds, parallel.pp);
  const waitSeconds = hops === undefined ? 0 : Math.max(0, wait);
  const waiting = kernelTime("waiting for the fullest stage", waitSeconds, []);
  return {
    time: sequence("forward pass", [layers, ...(hops === undefined ? [head] : [hops, head, waiting])]),
    attentionSeconds,
    feedForwardSeconds,
    linkSeconds: linkSeconds + (hops?.seconds ?? 0),
    headSeconds: head.seconds,
    waitSeconds,
  };
}

/** Sequences that a pass drafts for. */
export interface DraftedSequences {
  readonly sequences: number;
  /** tokens of each that the pass reads */
  readonly newTokens: number;
  readonly cachedTokens: number;
}

/**
 * Time of one pass of a multi-token-prediction layer, which drafts a token of each sequence: a projection of the tokens'
 * embeddings and hidden states, whole on every GPU, a layer like the model's last one, and the output head. Sources:
 * DeepSeek-V3, arXiv 2412.19437, section 2.2; SGLang, models/deepseek_nextn.py (`eh_proj`).
 */
export function draftTime(
  deployment: Deployment,
  { sequences, newTokens, cachedTokens }: DraftedSequences,
): OperatorTime {
  const { machine, model, layers, parallel } = deployment;
  const weights = draftWeights(deployment.weights);
  const drafting = { ...deployment, weights };
  const part: Part = { phase: "decode", sequences, newTokens, cachedTokens };
  const own = [ownPart(part, parallel, parallel.pp)];
  const hidden = model.hidden.value;
  return sequence("draft", [
    gemm(machine, { m: rowsOf(own), n: hidden, k: 2 * hidden, dtype: weights.norms.product }),
    layerAttention(drafting, layers.at(-1)!, own),
    feedForwardLayer(model.feedForward.at(-1)!).time(feedForwardRank(drafting), {
      own: rowsOf(own),
      all: (sequences * newTokens) / microBatchesOf(part, parallel),
      secondStream: hasSecondStream(deployment, [part]),
    }),
    headTime(
      drafting,
      own.map((each) => ({ ...each, newTokens: 1 })),
    ),
  ]);
}
