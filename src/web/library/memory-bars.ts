import type { DecodeAnswer } from "../../deployment/decode.ts";
import { cacheBytesOn, userBytesOn } from "../../deployment/memory.ts";
import { weightBytesPerGpu } from "../../deployment/weights.ts";
import { hostMemory } from "../../hardware/memory.ts";
import { gpusOf } from "../../hardware/parallelism.ts";
import type { MemoryBar } from "../questions.ts";

/** Memory of the step's division beside its contents: the HBM of all its GPUs, and the host's if caches lie there. */
export function barsOf({ division, lack }: DecodeAnswer, users: number, tokens: number): MemoryBar[] {
  const { machine, parallel } = division;
  const gpus = gpusOf(parallel);
  const size = gpus * machine.system.gpu.hbm.value;
  const weights = gpus * weightBytesPerGpu(division);
  const caches = cacheBytesOn(division);
  const user = userBytesOn(division, tokens);
  const { far } = user;
  const near = user.kept + user.indexKept + user.state + user.pages + user.drafts;
  const held = users * near;
  const hbm: MemoryBar = {
    memory: `HBM of ${gpus} GPUs`,
    size,
    parts: [
      { part: "weights", bytes: weights },
      { part: "passes and runtime", bytes: Math.max(0, size - weights - Math.max(0, caches)) },
      { part: "caches", bytes: held },
    ],
    short: lack.hbm,
  };
  if (far === 0) return [hbm];
  const host = (hostMemory(machine.system) * gpus) / machine.system.gpus.value;
  return [
    hbm,
    {
      memory: "memory of the Grace processors",
      size: host,
      parts: [{ part: "caches", bytes: users * far }],
      short: lack.host,
    },
  ];
}
