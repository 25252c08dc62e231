import { hostMemory, plannedHbm } from "../hardware/memory.ts";
import { gpusOf } from "../hardware/parallelism.ts";
import { kvDtypeOf } from "./division.ts";
import type { Division } from "./division.ts";
import { layerCosts } from "./model-cost.ts";
import { leftByWeights } from "./weights.ts";

/** Assumptions about memory, printed with every answer. */
export const memoryAssumptions: readonly string[] = [
  "the division of the model that holds the most users; its GPUs keep copies of what they do not share",
  "each user's cache lies in one group of GPUs (dp), split or copied within it as the division says",
  "a share of usable HBM, less activations and NCCL buffers, on every GPU (reserved.* of `hardware show`)",
  "embeddings and output head in bf16, all other weights in the weight dtype",
];

/** Bytes of one user's cache in all layers, with all copies. */
export interface UserBytes {
  /** K and V in HBM */
  readonly kept: number;
  readonly indexKept: number;
  /** recurrent states */
  readonly state: number;
  /** K and V in the host processors' memory */
  readonly far: number;
}

/** Bytes of a user's cache that lie in HBM. */
export const hbmBytes = ({ kept, indexKept, state }: UserBytes): number => kept + indexKept + state;

/** Memory of a division, and the users of one length whose caches it holds. */
export interface DivisionMemory {
  readonly division: Division;
  /** groups of GPUs, each of which holds users of its own */
  readonly groups: number;
  readonly user: UserBytes;
  /** HBM of all groups that the weights leave free, B; negative if the weights do not fit */
  readonly hbm: number;
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

/** Bytes of one user's cache on a division. A cache of less than a token takes nothing. */
export function userBytesOn(division: Division, tokens: number): UserBytes {
  const { model, spec, parallel } = division;
  const { tp } = parallel;
  const sum = { kept: 0, indexKept: 0, state: 0, far: 0 };
  if (tokens < 1) return sum;
  for (const { layers, kvHeads, cost } of layerCosts(model, spec, Math.round(tokens), kvDtypeOf(division))) {
    const { keptBytes, farKeptBytes = 0, indexKeptBytes, stateBytes = 0 } = cost;
    // GPUs that share heads each keep a record that is one for all heads
    const copies = tp / Math.min(tp, kvHeads);
    sum.kept += layers * (keptBytes - farKeptBytes) * copies;
    sum.far += layers * farKeptBytes * copies;
    sum.indexKept += layers * indexKeptBytes * tp;
    sum.state += layers * stateBytes;
  }
  return sum;
}

/** HBM of a division's GPUs that the weights leave for caches, B; negative if the weights do not fit. */
export const cacheBytesOn = (division: Division): number =>
  leftByWeights(division, plannedHbm(division.machine.system));

/** @throws UsageError when caches lie in host memory and the system has none */
export function memoryOn(division: Division, tokens: number): DivisionMemory {
  const { machine, parallel } = division;
  const { system } = machine;
  const groups = parallel.dp;
  const user = userBytesOn(division, tokens);
  const hbm = cacheBytesOn(division);
  const host = user.far > 0 ? (hostMemory(system) * gpusOf(parallel)) / system.gpus.value : 0;
  const fitting = (available: number, each: number): number =>
    available < 0 ? 0 : each > 0 ? Math.floor(available / groups / each) : Infinity;
  const users = groups * Math.min(fitting(hbm, hbmBytes(user)), fitting(host, user.far));
  return { division, groups, user, hbm, host, users };
}

/** Memory that users lack when they are spread evenly over the groups. */
export function lackOf({ groups, user, hbm, host }: DivisionMemory, users: number): Lack {
  const few = Math.floor(users / groups);
  const fuller = users - few * groups;
  const lack = (available: number, each: number): number => {
    const of = (held: number): number => Math.max(0, held * each - available / groups);
    return fuller * of(few + 1) + (groups - fuller) * of(few);
  };
  return { hbm: lack(hbm, hbmBytes(user)), host: lack(host, user.far) };
}

/** Memory that users of one length lack on a division. */
export const lackOn = (division: Division, users: number, tokens: number): Lack =>
  lackOf(memoryOn(division, tokens), users);
