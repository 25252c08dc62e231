import { formatBytes, formatNumber, formatQuantity, formatUnit } from "../core/units.ts";
import type { Quantity } from "../core/units.ts";
import { engineRules } from "../hardware/engine-rules/all.ts";
import { hostMemory, pageTokens, passMemory, sequenceMemory, usualLimits } from "../hardware/memory.ts";
import { formatParallel } from "../hardware/parallel.ts";
import { gpusOf } from "../hardware/parallelism.ts";
import { weightCounts } from "../hardware/parameters.ts";
import { formatRouting } from "../hardware/kernels/routing.ts";
import { neededOf } from "../hardware/system.ts";
import { weightParts } from "../hardware/weights/parts.ts";
import type { Division } from "./division.ts";
import { unevenBytesOn } from "./memory.ts";
import type { DivisionMemory, Lack } from "./memory.ts";
import { draftBytesPerGpu, sharersOf, weightBytesByPart } from "./weights.ts";

/** A number of a memory budget, and its source or formula. */
export interface MemoryPart {
  readonly part: string;
  /** with its unit */
  readonly amount: string;
  readonly how: string;
}

const cited = ({ source, note }: Quantity): string =>
  [source.title, source.where, note].filter((part) => part !== undefined).join(", ");

/** Every number of a division's memory with its source or its formula, in the order of the calculation. */
export function memoryParts(
  { division, groups, user, hbm, free, users }: DivisionMemory,
  asked: { readonly users: number; readonly lack: Lack },
): MemoryPart[] {
  const { machine, model, parallel, limits = usualLimits } = division;
  const { gpu, reserved } = machine.system;
  const gpus = gpusOf(parallel);
  const uneven = unevenBytesOn(division);
  const each = (quantity: Quantity): string => `${gpus} x ${formatQuantity(quantity)}: ${cited(quantity)}`;
  return [
    {
      part: "divided as",
      amount: formatParallel(parallel),
      how: `${gpus} GPUs: of all divisions the one that holds the most users`,
    },
    { part: "usable HBM", amount: formatBytes(gpus * gpu.hbm.value), how: each(gpu.hbm) },
    { part: "runtime", amount: formatBytes(gpus * reserved.runtime.value), how: each(reserved.runtime) },
    {
      part: "NCCL buffers",
      amount: formatBytes(gpus * reserved.collectives.value),
      how: each(reserved.collectives),
    },
    ...passMemory(model, parallel, limits).flatMap(({ part, bytes, how }) =>
      bytes > 0 ? [{ part, amount: formatBytes(gpus * bytes), how: `${gpus} GPUs, each ${how}` }] : [],
    ),
    ...weightRows(division),
    ...(limits.draftTokens > 0
      ? [
          {
            part: "weights: drafts",
            amount: formatBytes(gpus * draftBytesPerGpu(division)),
            how: "a layer like the last one, with a projection of its two inputs, in the same formats but for NVFP4, in place of which it has bf16",
          },
        ]
      : []),
    ...(uneven > 0
      ? [
          {
            part: "uneven stages",
            amount: formatBytes(uneven),
            how: "left on stages with more room than the fullest: caches take each stage in proportion to its layers",
          },
        ]
      : []),
    { part: "left free", amount: formatBytes(free), how: "usable HBM less the above, all GPUs together" },
    {
      part: "left for caches",
      amount: formatBytes(hbm),
      how: `${reserved.share.value} of it: ${cited(reserved.share)}; logits and CUDA graphs lie in the rest`,
    },
    ...sequenceMemory(model, parallel, limits).map(({ part, bytes, how }) => ({
      part,
      amount: formatBytes(bytes),
      how: `on each GPU of the user's group: ${how}`,
    })),
    { part: "K and V a user, HBM", amount: formatBytes(user.kept), how: "cost formulas of the layers" },
    ...(user.indexKept > 0
      ? [{ part: "index a user", amount: formatBytes(user.indexKept), how: "cost formulas; always in HBM" }]
      : []),
    ...(user.state > user.convolutions
      ? [
          {
            part: "state a user",
            amount: formatBytes(user.state - user.convolutions),
            how: "states of recurrent layers, float32",
          },
        ]
      : []),
    ...(user.convolutions > 0
      ? [
          {
            part: "convolutions a user",
            amount: formatBytes(user.convolutions),
            how: "last inputs of the convolutions of recurrent layers, float32: llama.cpp, llama-hparams.cpp, n_embd_r",
          },
        ]
      : []),
    pagesPart(division, user.pages),
    ...(user.drafts > 0
      ? [{ part: "drafts a user", amount: formatBytes(user.drafts), how: "cache of the layer that drafts" }]
      : []),
    ...(user.far > 0 ? hostParts(division, user.far) : []),
    {
      part: "groups",
      amount: formatNumber(groups),
      how: "groups of GPUs, each with users of its own",
    },
    {
      part: "users a rack",
      amount: formatNumber(users),
      how: "groups x the whole users whose caches a group's share holds, and whose logits and graphs fit beside them",
    },
    ...lackParts(asked),
  ];
}

/** Bytes beyond a user's tokens: the rest of pages, or all that an engine's rule sets aside. */
function pagesPart({ engineRule }: Division, bytes: number): MemoryPart {
  const amount = formatBytes(bytes);
  if (engineRule === undefined)
    return {
      part: "rest of pages a user",
      amount,
      how: `pages of ${pageTokens.value} tokens: ${cited(pageTokens)}`,
    };
  const { summary, sources } = engineRules[engineRule];
  const from = sources.map(({ title }) => title).join(", ");
  return {
    part: "beyond tokens a user",
    amount,
    how: `rule ${engineRule}: ${summary}${from === "" ? "" : `: ${from}`}`,
  };
}

/** Weights by part, with the copies on GPUs that do not share them. */
function weightRows(division: Division): MemoryPart[] {
  const { model, weights, parallel, routing } = division;
  const copies = routing !== "even" && routing.copies !== undefined;
  const counts = weightCounts(model);
  return [...weightBytesByPart(division)]
    .filter(([, bytes]) => bytes > 0)
    .map(([part, bytes]) => ({
      part: `weights: ${part}`,
      amount: formatBytes(gpusOf(parallel) * bytes),
      how:
        `${weightParts[part]}: ${formatUnit(counts[part], "")} in ${weights[part].format}, ` +
        `${formatNumber(weights[part].bytes)} B each with scales, split ${sharersOf(part, parallel)} ways; ` +
        `counted from ${model.name}'s dimensions${part === "experts" && copies ? `; with the copies of ${formatRouting(routing)}` : ""}`,
    }));
}

/** Memory that the users asked for lack. */
function lackParts({ users, lack }: { readonly users: number; readonly lack: Lack }): MemoryPart[] {
  const how = "what the groups hold beyond their share, on the division that lacks the least";
  return [
    ...(lack.hbm > 0 ? [{ part: `HBM short for ${users}`, amount: formatBytes(lack.hbm), how }] : []),
    ...(lack.host > 0
      ? [{ part: `host memory short for ${users}`, amount: formatBytes(lack.host), how }]
      : []),
  ];
}

/** Memory of the host processors, and its contents. */
function hostParts({ machine }: Division, far: number): MemoryPart[] {
  const { processors, memory } = neededOf(machine.system, "host", "a placement in the host's memory");
  return [
    {
      part: "host memory",
      amount: formatBytes(hostMemory(machine.system)),
      how: `${processors.value} x ${formatQuantity(memory)}: ${cited(memory)}`,
    },
    { part: "K and V a user, host", amount: formatBytes(far), how: "the placement's share" },
  ];
}
