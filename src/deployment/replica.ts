import { gpusOf } from "../hardware/parallelism.ts";
import { hostMemory } from "../hardware/memory.ts";
import { draftTime, passOf } from "../hardware/pass/pass.ts";
import type { Replica } from "../hardware/serving/replica.ts";
import { hostBandwidth } from "../hardware/system.ts";
import type { System } from "../hardware/system.ts";
import { deploymentOf } from "./deployment.ts";
import type { Division } from "./division.ts";
import { cacheBytesOn, hbmBytes, userBytesOn } from "./memory.ts";

/** A division in the form of serving. @throws UsageError when the model has no layer for the variant */
export function replicaOf(division: Division): Replica {
  const deployment = deploymentOf(division);
  const { machine, parallel } = division;
  const { system } = machine;
  const gpus = gpusOf(parallel);
  return {
    gpus,
    groups: parallel.dp * parallel.pp,
    cacheGroups: parallel.dp,
    stepSeconds: (parts) => passOf(deployment, parts).time.seconds,
    draftSeconds: (sequences, newTokens, cachedTokens) =>
      draftTime(deployment, { sequences, newTokens, cachedTokens }).seconds,
    kvBytes: (tokens) => hbmBytes(userBytesOn(division, tokens)),
    kvCapacity: cacheBytesOn(division),
    hostCapacity: system.host ? (gpus / system.gpus.value) * hostMemory(system) : 0,
    loadBandwidth: system.host ? gpus * hostBandwidth(system) : Infinity,
    // two replicas in one NVLink domain, or the network
    transferBandwidth:
      2 * gpus <= system.gpus.value ? gpus * linkOf(system, "nvlink") : gpus * linkOf(system, "nic"),
  };
}

const linkOf = (system: System, link: "nvlink" | "nic"): number => system.gpu[link]?.value ?? Infinity;
