import { hostMemory, pageTokens, passMemory, sequenceMemory, usualLimits } from "../hardware/memory.ts";
import { gpusOf } from "../hardware/parallelism.ts";
import { kvDtypeOf } from "./division.ts";
import { engineRules } from "../hardware/engine-rules/all.ts";
import type { EngineRuleName } from "../hardware/engine-rules/all.ts";
import type { ReservedCache } from "../hardware/engine-rules/rule.ts";
import type { ServerLimits } from "../hardware/memory.ts";
import type { Division } from "./division.ts";
import { engineCache } from "./engine-cache.ts";
import { layerCosts } from "./model-cost.ts";
import { draftBytesPerGpu, leftByWeights, weightBytesPerGpu } from "./weights.ts";

const everyMemory = [
  "the division of the model that holds the most users; its GPUs keep copies of what they do not share",
  "each user's cache lies in one group of GPUs (dp), split or copied within it as the division says",
  "caches get a share of the HBM that runtime, NCCL, weights, activations and exchange buffers leave on every GPU (reserved.* of `hardware show`); logits and CUDA graphs lie in the rest",
  "weights with their scales, without biases",
];

/** Assumptions about memory, printed with every answer. */
export const memoryAssumptions: readonly string[] = [
  ...everyMemory,
  `caches in pages of ${pageTokens.value} tokens`,
];

/** Assumptions about memory under an engine's rule. */
export const memoryAssumptionsUnder = (rule: EngineRuleName | undefined): readonly string[] =>
  rule === undefined
    ? memoryAssumptions
    : [...everyMemory, `caches by the rule ${rule}: ${engineRules[rule].summary}`];

/** Bytes of one user's cache in all layers, with all copies. */
export interface UserBytes {
  /** K and V in HBM */
  readonly kept: number;
  readonly indexKept: number;
  /** recurrent states, and the last inputs of convolutions */
  readonly state: number;
  /** part of `state` that convolutions keep */
  readonly convolutions: number;
  /** rest of the last page of each layer in HBM, or all that an engine's rule sets aside beyond the above */
  readonly pages: number;
  /** cache of the layer that drafts */
  readonly drafts: number;
  /** K and V in the host processors' memory */
  readonly far: number;
}

/** Bytes of a user's cache that lie in HBM. */
export const hbmBytes = ({ kept, indexKept, state, pages, drafts }: UserBytes): number =>
  kept + indexKept + state + pages + drafts;

/** Memory of a division, and the users of one length whose caches it holds. */
export interface DivisionMemory {
  readonly division: Division;
  /** groups of GPUs, each of which holds users of its own */
  readonly groups: number;
  readonly user: UserBytes;
  /** HBM of all groups for caches, B; negative if the weights do not fit */
  readonly hbm: number;
  /** HBM of all groups for caches, logits and CUDA graphs, B; negative if the weights do not fit */
  readonly free: number;
  /** logits and CUDA graphs of one user on all GPUs of a group, B */
  readonly working: number;
  /** memory of the host processors of all groups, B; 0 if nothing lies there */
  readonly host: number;
  /** users whose caches fit: whole users of each group */
  readonly users: number;
}

/** Memory that users lack on a division, B; 0 if they fit. */
export interface Lack {
  readonly hbm: number;
  readonly host: number;
}

/** True if no memory is lacking. */
export const fits = ({ hbm, host }: Lack): boolean => hbm === 0 && host === 0;

/** Bytes of one user's cache on a division, in whole pages. A cache of less than a token takes nothing. */
export function userBytesOn(division: Division, tokens: number): UserBytes {
  if (tokens < 1) return { kept: 0, indexKept: 0, state: 0, convolutions: 0, pages: 0, drafts: 0, far: 0 };
  const length = Math.round(tokens);
  const reserved = reservedOn(division);
  const paged = pagedOn(division, length);
  const [bare, whole] = [layerBytesOn(division, length), layerBytesOn(division, paged)];
  const sum = (of: (layer: LayerBytes) => number, layers: readonly LayerBytes[]): number =>
    layers.reduce((total, layer) => total + layer.layers * of(layer), 0);
  const kept = sum((layer) => layer.kept, bare);
  const indexKept = sum((layer) => layer.indexKept, bare);
  const state = sum((layer) => layer.state, bare);
  const { draftTokens } = limitsOf(division);
  const last = whole.at(-1)!;
  return {
    kept,
    indexKept,
    state,
    convolutions: sum((layer) => layer.convolutions, bare),
    // an engine keeps the last inputs of convolutions in bf16, so that its rule may set less aside than float32 states take
    pages:
      reserved === undefined
        ? Math.max(0, sum((layer) => layer.kept + layer.indexKept, whole) - kept - indexKept)
        : reserved.bytes(length) - kept - indexKept - state,
    drafts: draftTokens > 0 ? last.kept + last.indexKept + last.state : 0,
    far: sum((layer) => layer.far, whole),
  };
}

/** Memory that an engine's rule sets aside for a sequence; undefined without a rule. @throws UsageError for a cache that it does not know */
export const reservedOn = (division: Division): ReservedCache | undefined => {
  const { model, spec, parallel, engineRule: rule } = division;
  if (rule === undefined) return undefined;
  const { chunkTokens, draftTokens } = limitsOf(division);
  return engineCache(model, spec, {
    rule,
    kvDtype: kvDtypeOf(division),
    parallel,
    batchedTokens: chunkTokens,
    draftTokens,
  });
};

const limitsOf = ({ limits = usualLimits }: Division): ServerLimits => limits;

/** Tokens in the pages that hold a cache: each GPU that shares it (kvp) has whole pages. */
const pagedOn = ({ parallel }: Division, tokens: number): number =>
  Math.ceil(tokens / (pageTokens.value * parallel.kvp)) * pageTokens.value * parallel.kvp;

/** Bytes of a user's cache in a layer of a kind, with all copies. */
interface LayerBytes {
  readonly layers: number;
  readonly kept: number;
  readonly indexKept: number;
  readonly state: number;
  readonly convolutions: number;
  readonly far: number;
}

function layerBytesOn(division: Division, tokens: number): LayerBytes[] {
  const { model, spec, parallel } = division;
  const { tp } = parallel;
  return layerCosts(model, spec, tokens, kvDtypeOf(division)).map(({ layers, kvHeads, cost }) => {
    const { keptBytes, farKeptBytes = 0, indexKeptBytes, stateBytes = 0, convolutionBytes = 0 } = cost;
    // GPUs that share heads each keep a record that is one for all heads
    const copies = tp / Math.min(tp, kvHeads);
    return {
      layers,
      kept: (keptBytes - farKeptBytes) * copies,
      indexKept: indexKeptBytes * tp,
      state: stateBytes,
      convolutions: convolutionBytes,
      far: farKeptBytes * copies,
    };
  });
}

/** Bytes on one GPU that are taken beside weights and caches: runtime, NCCL, passes and the layer that drafts. */
function takenPerGpu(division: Division): number {
  const { machine, model, parallel } = division;
  const { runtime, collectives } = machine.system.reserved;
  const limits = limitsOf(division);
  const passes = passMemory(model, parallel, limits).reduce((sum, { bytes }) => sum + bytes, 0);
  const drafts = limits.draftTokens > 0 ? draftBytesPerGpu(division) : 0;
  return runtime.value + collectives.value + passes + drafts;
}

/** HBM of a division's GPUs that weights and passes leave free, B; negative if they do not fit. */
const freeBytesOn = (division: Division): number =>
  leftByWeights(division, division.machine.system.gpu.hbm.value - takenPerGpu(division));

/** HBM that weights leave free on stages with more room than the fullest, whose caches limit those of all, B. */
export function unevenBytesOn(division: Division): number {
  const each = division.machine.system.gpu.hbm.value - takenPerGpu(division) - weightBytesPerGpu(division);
  return division.parallel.pp === 1 ? 0 : gpusOf(division.parallel) * each - freeBytesOn(division);
}

/** HBM of a division's GPUs for caches, B; negative if the weights do not fit. */
export function cacheBytesOn(division: Division): number {
  const free = freeBytesOn(division);
  return Math.min(free, division.machine.system.reserved.share.value * free);
}

/** Logits and CUDA graphs of one user on all GPUs of a group, B. */
const workingBytesOn = (division: Division): number => {
  const { model, parallel } = division;
  const each = sequenceMemory(model, parallel, limitsOf(division)).reduce((sum, { bytes }) => sum + bytes, 0);
  return (each * gpusOf(parallel)) / (parallel.dp * parallel.pp);
};

/** @throws UsageError when caches lie in host memory and the system has none */
export function memoryOn(division: Division, tokens: number): DivisionMemory {
  const { machine, parallel } = division;
  const { system } = machine;
  const groups = parallel.dp;
  const user = userBytesOn(division, tokens);
  const [hbm, free, working] = [cacheBytesOn(division), freeBytesOn(division), workingBytesOn(division)];
  const host = user.far > 0 ? (hostMemory(system) * gpusOf(parallel)) / system.gpus.value : 0;
  const fitting = (available: number, each: number): number =>
    available < 0 ? 0 : each > 0 ? Math.floor(available / groups / each) : Infinity;
  const each = hbmBytes(user);
  const users = groups * Math.min(fitting(hbm, each), fitting(free, each + working), fitting(host, user.far));
  return { division, groups, user, hbm, free, working, host, users };
}

/** Memory that users lack when they are spread evenly over the groups. */
export function lackOf(memory: DivisionMemory, users: number): Lack {
  const { groups, user, hbm, free, working, host } = memory;
  const few = Math.floor(users / groups);
  const fuller = users - few * groups;
  const spread = (of: (held: number) => number): number => fuller * of(few + 1) + (groups - fuller) * of(few);
  const each = hbmBytes(user);
  return {
    hbm: spread((held) => Math.max(0, held * each - hbm / groups, held * (each + working) - free / groups)),
    host: spread((held) => Math.max(0, held * user.far - host / groups)),
  };
}

/** Memory that users of one length lack on a division. */
export const lackOn = (division: Division, users: number, tokens: number): Lack =>
  lackOf(memoryOn(division, tokens), users);
