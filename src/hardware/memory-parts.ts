import type { StepCost } from "../core/cost.ts";
import { formatBytes, formatNumber, formatQuantity, formatSeconds, formatUnit } from "../core/units.ts";
import type { Quantity } from "../core/units.ts";
import { cacheBytes, fetchSeconds, memoryFit, shortage } from "./memory.ts";
import type { Model } from "./model.ts";
import { weightDtypeBytes } from "./kernels/dtypes.ts";
import type { WeightDtype } from "./kernels/dtypes.ts";
import { parametersOf, weightBytes } from "./parameters.ts";
import { hostBandwidth, neededOf } from "./system.ts";
import type { System } from "./system.ts";

/** Users of a model on a rack. */
interface MemoryBudget {
  readonly system: System;
  readonly model: Model;
  readonly weights: WeightDtype;
  /** of all layers for one user, at the users' length */
  readonly cost: StepCost;
  readonly users: number;
}

/** A number of a memory budget, and how it comes about. */
export interface MemoryPart {
  readonly part: string;
  /** with its unit */
  readonly amount: string;
  readonly how: string;
}

const cited = ({ source, note }: Quantity): string =>
  [source.title, source.where, note].filter((part) => part !== undefined).join(", ");

/** Every number of a memory budget with what it rests on, in the order in which they are reckoned. */
export function memoryParts({ system, model, weights, cost, users }: MemoryBudget): MemoryPart[] {
  const { gpus, gpu, reserved } = system;
  const { embeddings, always, routed } = parametersOf(model);
  const fit = memoryFit(system, model, weights, cost);
  const { user, usersPerRack } = fit;
  const short = shortage(fit, users);
  const hbm = gpus.value * gpu.hbm.value;
  const each = (quantity: Quantity): string =>
    `${gpus.value} x ${formatQuantity(quantity)}: ${cited(quantity)}`;
  const parts: MemoryPart[] = [
    { part: "usable HBM", amount: formatBytes(hbm), how: each(gpu.hbm) },
    {
      part: "not planned with",
      amount: formatBytes((1 - reserved.share.value) * hbm),
      how: `all but ${reserved.share.value}: ${cited(reserved.share)}`,
    },
    ...(["activations", "collectives"] as const).map((part) => ({
      part: part === "activations" ? "activations" : "NCCL buffers",
      amount: formatBytes(gpus.value * reserved[part].value),
      how: each(reserved[part]),
    })),
    {
      part: "weights",
      amount: formatBytes(weightBytes(model, weights)),
      how:
        `${formatUnit(always + routed, "")} weights at ${weightDtypeBytes[weights]} B (${weights}), ` +
        `${formatUnit(embeddings, "")} of embeddings and head at ${weightDtypeBytes.bf16} B; counted from ${model.name}'s dimensions; one copy`,
    },
    {
      part: "left for caches",
      amount: formatBytes(cacheBytes(system, model, weights)),
      how: "usable HBM less the above, all GPUs together",
    },
    { part: "K and V a user, HBM", amount: formatBytes(user.kept), how: "cost formulas of the layers" },
    ...(user.indexKept > 0
      ? [{ part: "index a user", amount: formatBytes(user.indexKept), how: "cost formulas; always in HBM" }]
      : []),
    ...(user.state > 0
      ? [
          {
            part: "state a user",
            amount: formatBytes(user.state),
            how: "states of recurrent layers, float32",
          },
        ]
      : []),
    ...hostParts(system, cost, users),
    {
      part: "users a rack",
      amount: formatNumber(usersPerRack),
      how: "the whole users for whom what is left suffices, every cache spread over all GPUs",
    },
  ];
  if (short.hbm > 0)
    parts.push({
      part: `HBM short for ${users}`,
      amount: formatBytes(short.hbm),
      how: "users x bytes, less what is left",
    });
  if (short.host > 0)
    parts.push({
      part: `host memory short for ${users}`,
      amount: formatBytes(short.host),
      how: "users x bytes, less host.memory",
    });
  return parts;
}

/** What lies in the host's memory, and how long a step waits for it. */
function hostParts(system: System, cost: StepCost, users: number): MemoryPart[] {
  const { farKeptBytes = 0, farReadBytes = 0 } = cost;
  if (farKeptBytes === 0) return [];
  const host = neededOf(system, "host", "a placement in the host's memory");
  const rate = hostBandwidth(system);
  const bound = rate < host.toGpu.value ? "a GPU's share of host.memoryBandwidth" : "host.toGpu";
  return [
    {
      part: "host memory",
      amount: formatBytes(host.processors.value * host.memory.value),
      how: `${host.processors.value} x ${formatQuantity(host.memory)}: ${cited(host.memory)}`,
    },
    { part: "K and V a user, host", amount: formatBytes(farKeptBytes), how: "the placement's share" },
    {
      part: `fetched a step, ${users} users`,
      amount: formatSeconds(fetchSeconds(system, cost, users)),
      how: `${formatBytes(farReadBytes)} a user over ${system.gpus.value} GPUs at ${formatUnit(rate, "B/s")} (${bound})`,
    },
  ];
}
