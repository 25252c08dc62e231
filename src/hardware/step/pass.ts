import type { KvDtype } from "../../core/dtype.ts";
import { kvDtypeBytes } from "../../core/dtype.ts";
import type { Quantity } from "../../core/units.ts";
import { outputWidth } from "../model.ts";
import type { Attention, Model } from "../model.ts";
import type { Precision } from "../operators/dtypes.ts";
import { gemm } from "../operators/gemm.ts";
import type { Machine } from "../operators/machine.ts";
import { kernelTime, sequence } from "../operators/time.ts";
import type { OperatorTime } from "../operators/time.ts";
import type { WeightDtype } from "../parameters.ts";
import { gpusOf, kvHeadsOf } from "../parallel.ts";
import type { Parallelism } from "../parallel.ts";
import type { Part } from "../serving/replica.ts";
import { hostBandwidth, neededOf } from "../system.ts";
import { attentionTime, times } from "./attention.ts";
import { allReduceAmong, exchangeAmong, networkOf } from "./exchange.ts";
import { feedForwardTime } from "./feed-forward.ts";
import type { Tokens } from "./feed-forward.ts";
import { variantTime } from "./variant.ts";
import type { VariantCost } from "./variant.ts";

/** Layers of a model that attend alike, as a variant has them attend. */
export interface LayerWork {
  readonly layers: number;
  /** with the variant's own parameters where it is one that kernels were measured of */
  readonly attention: Attention;
  /** of a variant of which none were */
  readonly variant?: VariantCost;
  /** bytes that a decode step of one sequence fetches from the host processors' memory, a layer */
  farReadBytes(tokens: number): number;
}

/** What weights are stored as and multiply in. */
export interface Weights {
  readonly attention: WeightDtype;
  readonly feedForward: WeightDtype;
}

/** A model on GPUs. */
export interface Deployment {
  readonly machine: Machine;
  readonly model: Model;
  readonly layers: readonly LayerWork[];
  readonly kvDtype: KvDtype;
  readonly weights: Weights;
  readonly parallel: Parallelism;
  /** exchanges between GPUs hide behind the work of another half of the batch */
  readonly overlapLinks: boolean;
}

/** FP8 weights have a scale for each block of 128 x 128, as DeepSeek's and Qwen's do. */
const precisionOf: Readonly<Record<WeightDtype, Precision>> = {
  bf16: "bf16",
  fp8: "fp8-block",
  nvfp4: "nvfp4",
};

/** How a forward pass is taken to run; printed with every answer. */
export const passAssumptions: readonly string[] = [
  "kernels one after another; sequences of a pass that decode are as long as their mean",
  "even routing over experts, and sequences spread evenly over groups and stages",
  "a variant of which no kernels were measured reads at the rate of dense attention's, and chooses as DSA does",
  "prefill and decoding in one pass share the products of feed-forward layers, and have those of attention apart",
  "left out: scheduling, sampling, tokenisation, the network to the user, norms between layers",
];

/** What one GPU does of each part of a pass: sequences over groups and stages, tokens over pieces of a prompt. */
function ownPart({ phase, sequences, newTokens, cachedTokens }: Part, parallel: Parallelism): Part {
  const { dp, cp, pp } = parallel;
  const groups = dp * pp;
  const own = sequences > groups ? sequences / groups : Math.min(1, sequences);
  if (phase === "decode") return { phase, sequences: own, newTokens, cachedTokens };
  // pieces of the same number of query-key pairs: as many as a piece in the middle has
  const piece = newTokens / cp;
  return { phase, sequences: own, newTokens: piece, cachedTokens: cachedTokens + (newTokens - piece) / 2 };
}

const rowsOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { sequences, newTokens }) => sum + sequences * newTokens, 0);

/** A forward pass, and where its time goes. */
export interface Pass {
  readonly time: OperatorTime;
  /** of the slowest GPU, without exchanges */
  readonly attentionSeconds: number;
  readonly feedForwardSeconds: number;
  /** exchanges between GPUs, as far as they do not hide behind work */
  readonly linkSeconds: number;
}

/** Time of one forward pass, and what it is made of. */
export function passOf(deployment: Deployment, parts: readonly Part[]): Pass {
  const { machine, model, layers, parallel, overlapLinks } = deployment;
  const own = parts.map((part) => ownPart(part, parallel));
  const tokens: Tokens = { own: rowsOf(own), all: rowsOf(parts) / parallel.pp };
  const weights = precisionOf[deployment.weights.feedForward];
  const rank = { machine, hidden: model.hidden.value, weights, parallel };
  const attention = layers.map((work) => times(work.layers, layerAttention(deployment, work, own)));
  const feedForward = model.feedForward.map((group) =>
    times(group.layers.value, feedForwardTime(rank, group, tokens)),
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
  // a repeated operator is longer than the one part that it shows
  const shown = time.parts.reduce((sum, part) => sum + part.seconds, 0);
  return (inside * time.seconds) / shown;
}

/** One layer's attention of every part on one GPU, with its exchanges. */
function layerAttention(deployment: Deployment, work: LayerWork, own: readonly Part[]): OperatorTime {
  const { machine, model, kvDtype, weights, parallel } = deployment;
  const { tp, cp, kvp } = parallel;
  const hidden = model.hidden.value;
  const { attention, variant } = work;
  const rank = {
    machine,
    hidden,
    weights: precisionOf[weights.attention],
    kvDtype,
    tp,
    outputRanks: kvp,
  };
  const kernelsOf = (part: Part): OperatorTime => {
    const ranks = part.phase === "decode" ? kvp * cp : 1;
    if (variant) return variantTime({ ...rank, cacheRanks: ranks }, attention, part, variant);
    const cachedTokens = part.cachedTokens / ranks;
    return attentionTime(rank, ranks === 1 ? attention : splitCache(attention, ranks), {
      ...part,
      cachedTokens,
    });
  };
  const parts = own.flatMap((part): OperatorTime[] => {
    const kernels = kernelsOf(part);
    const far =
      part.phase === "decode"
        ? (part.sequences * part.newTokens * work.farReadBytes(part.cachedTokens + 1)) / (kvp * cp)
        : 0;
    return [
      ...(far > 0 ? [fetch(machine, far / Math.min(tp, kvHeadsOf(attention)))] : []),
      kernels,
      ...(part.phase === "prefill" && cp > 1
        ? [gatherKeys(deployment, attention, part, kernels.seconds)]
        : []),
      ...(part.phase === "decode" && kvp * cp > 1 ? [exchangeOutputs(deployment, attention, part)] : []),
    ];
  });
  return sequence("attention layer", [
    ...parts,
    allReduceAmong(machine, tp * kvp, rowsOf(own) * hidden * 2, tp * kvp),
  ]);
}

/** What a GPU reads that holds every so-manyth token of each cache: of a window, and of what is selected, its share. */
function splitCache(attention: Attention, ranks: number): Attention {
  const part = (count: Quantity<"1">): Quantity<"1"> => ({ ...count, value: count.value / ranks });
  switch (attention.kind) {
    case "grouped-query": {
      const { window, blocks } = attention;
      return {
        ...attention,
        ...(window && { window: part(window) }),
        ...(blocks && { blocks: { ...blocks, read: part(blocks.read) } }),
      };
    }
    case "latent": {
      const { indexer } = attention;
      return { ...attention, ...(indexer && { indexer: { ...indexer, read: part(indexer.read) } }) };
    }
    case "compressed": {
      const { window, indexer } = attention;
      const own = { ...attention, window: part(window) };
      return indexer ? { ...own, indexer: { ...indexer, read: part(indexer.read) } } : own;
    }
    case "delta":
      return attention;
  }
}

/** From the host processors' memory: as fast as the link, or as the memory that its GPUs share. */
function fetch(machine: Machine, bytes: number): OperatorTime {
  const seconds = bytes / hostBandwidth(machine.system);
  return kernelTime("rows fetched from the host processors' memory", seconds, [
    { what: "NVLink-C2C", seconds, amount: bytes, unit: "B" },
  ]);
}

/** Bytes of a token's cache in one layer as it is passed on, in the cache's dtype. */
function rowBytes(attention: Attention, dtype: KvDtype): number {
  const element = kvDtypeBytes[dtype];
  switch (attention.kind) {
    case "grouped-query":
      return 2 * attention.kvHeads.value * attention.headDim.value * element;
    case "latent":
      return (attention.latent.value + attention.rope.value) * element;
    case "compressed":
      return (attention.headDim.value * element) / (attention.pool?.value ?? 1);
    case "delta":
      return 0;
  }
}

/**
 * Context parallel prefill: the pieces' keys and values go round, and hide behind the attention to those that are
 * there (pass-KV). Yang et al. 2024, "Context parallelism for scalable million-token inference", arXiv 2411.01783.
 */
function gatherKeys(
  { machine, parallel, kvDtype }: Deployment,
  attention: Attention,
  part: Part,
  seconds: number,
): OperatorTime {
  const { tp, cp } = parallel;
  const bytes =
    (part.sequences * part.newTokens * cp * rowBytes(attention, kvDtype)) /
    Math.min(tp, kvHeadsOf(attention));
  const gather = exchangeAmong(machine, "all-gather", cp, bytes, tp * cp);
  return { ...gather, seconds: Math.max(0, gather.seconds - seconds), terms: [] };
}

/**
 * Helix: each GPU has attended to its part of every cache, and sends the outputs of the heads, with the logarithm of
 * their weights' sum, to the GPUs that go on with them: B H / KVP bf16 and B heads / KVP x 2 float32 from each to each,
 * whatever the context. Bhatia et al. 2025, arXiv 2507.07120, section 2.1.
 */
function exchangeOutputs({ machine, parallel }: Deployment, attention: Attention, part: Part): OperatorTime {
  const { tp, cp, kvp } = parallel;
  const ranks = kvp * cp;
  const rows = part.sequences * part.newTokens;
  const bytes = (rows * (outputWidth(attention) * 2 + attention.queryHeads.value * 8)) / tp;
  return exchangeAmong(machine, "all-to-all", ranks, bytes, tp * ranks);
}

/** Hidden states from stage to stage. */
function stageChanges({ machine, model, parallel }: Deployment, rows: number): OperatorTime[] {
  const { pp } = parallel;
  if (pp === 1) return [];
  const { system } = networkOf(machine, gpusOf(parallel));
  const bytes = (pp - 1) * rows * model.hidden.value * 2;
  const link = bytes / neededOf(system, "gpu.nvlink", "stages of a model").value;
  const hop = neededOf(system, "collective", "stages of a model").value;
  const latency = machine.profile === "ideal" ? 0 : (pp - 1) * hop;
  const terms = [
    { what: "link", seconds: link, amount: bytes, unit: "B" },
    { what: "latency", seconds: latency },
  ] as const;
  return [kernelTime("hidden states between stages", link + latency, terms, { bytes: 0, linkBytes: bytes })];
}

/** A pass with prompts is cut into as many micro-batches as stages: it fills the pipeline, and drains it. */
const fill = (parts: readonly Part[], { pp }: Parallelism, seconds: number): OperatorTime[] =>
  pp > 1 && parts.some(({ phase }) => phase === "prefill")
    ? [kernelTime("filling and draining the pipeline", ((pp - 1) / pp) * seconds, [])]
    : [];

/** The output head: a row for each token that decodes, one for each prompt. */
function head({ machine, model, parallel }: Deployment, own: readonly Part[]): OperatorTime {
  const rows = own.reduce(
    (sum, { phase, sequences, newTokens }) => sum + sequences * (phase === "decode" ? newTokens : 1),
    0,
  );
  const n = model.vocabulary.value / (parallel.tp * parallel.kvp);
  return gemm(machine, { m: rows, n, k: model.hidden.value, dtype: "bf16" });
}

/** One pass of a multi-token-prediction layer: a layer like the model's last, and the output head. */
export function draftTime(deployment: Deployment, sequences: number, cachedTokens: number): OperatorTime {
  const { machine, model, layers, parallel, weights } = deployment;
  const part: Part = { phase: "decode", sequences, newTokens: 1, cachedTokens };
  const own = [ownPart(part, parallel)];
  const rank = {
    machine,
    hidden: model.hidden.value,
    weights: precisionOf[weights.feedForward],
    parallel,
  };
  return sequence("draft", [
    layerAttention(deployment, layers.at(-1)!, own),
    feedForwardTime(rank, model.feedForward.at(-1)!, { own: rowsOf(own), all: sequences / parallel.pp }),
    head(deployment, own),
  ]);
}
