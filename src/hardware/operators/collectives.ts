import { overhead, share } from "./constants.ts";
import { constantsOf } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { kernelTime } from "./time.ts";
import type { OperatorTime } from "./time.ts";
import { neededOf } from "../system.ts";

export const collectiveOps = ["all-gather", "reduce-scatter", "all-to-all", "all-reduce"] as const;
export type CollectiveOp = (typeof collectiveOps)[number];

export interface CollectiveShape {
  readonly op: CollectiveOp;
  /** the whole message: what a rank holds at the end of an all-gather, and at the start of the others */
  readonly bytes: number;
  readonly gpus: number;
}

const constants = {
  overhead: overhead(8e-6, "launch and first synchronisation"),
  step: overhead(1e-6, "latency of each further rank"),
  link: share(0.75, "of the link's bandwidth in each direction, large messages"),
  ramp: {
    ...share(1, "c of c sqrt(t * 1 us): chunks of a pipeline that is not yet full"),
    ideal: 0,
    min: 0,
    max: 50,
  },
} as const;

export const collectiveKernel = { name: "collective", constants } as const;

/** Of n ranks each sends M (n - 1) / n bytes, an all-reduce twice that. Over more than one rank. */
export function collective(machine: Machine, { op, bytes, gpus }: CollectiveShape): OperatorTime {
  if (gpus <= 1) return kernelTime(op, 0, []);
  return exchange(machine, op, ((op === "all-reduce" ? 2 : 1) * bytes * (gpus - 1)) / gpus, gpus, {
    ...constantsOf(machine, collectiveKernel, op),
  });
}

function exchange(
  machine: Machine,
  op: string,
  linkBytes: number,
  gpus: number,
  c: { overhead: number; step: number; link: number; ramp: number },
): OperatorTime {
  const { value: bandwidth } = neededOf(machine.system, "gpu.nvlink", `${op} among ${gpus} GPUs`);
  const link = linkBytes / (bandwidth * c.link);
  const ramp = c.ramp * Math.sqrt(link * 1e-6);
  const latency = c.overhead + c.step * (gpus - 2);
  return kernelTime(
    `${op} among ${gpus}`,
    latency + link + ramp,
    [
      { what: "link", seconds: link, amount: linkBytes, unit: "B" },
      { what: "filling the pipeline", seconds: ramp },
      { what: "latency", seconds: latency },
    ],
    { bytes: 0, linkBytes },
  );
}

export const customAllReduceKernel = { name: "custom-all-reduce", constants } as const;

/** The one-shot all-reduce of inference engines, for small messages: every rank reads all the others'. */
export function customAllReduce(
  machine: Machine,
  { bytes, gpus }: Omit<CollectiveShape, "op">,
): OperatorTime {
  if (gpus <= 1) return kernelTime("all-reduce", 0, []);
  const linkBytes = (2 * bytes * (gpus - 1)) / gpus;
  return exchange(
    machine,
    "custom all-reduce",
    linkBytes,
    gpus,
    constantsOf(machine, customAllReduceKernel, "bf16"),
  );
}

/** The faster of NCCL's and the engine's own all-reduce. */
export function allReduce(machine: Machine, shape: Omit<CollectiveShape, "op">): OperatorTime {
  const own = customAllReduce(machine, shape);
  const general = collective(machine, { op: "all-reduce", ...shape });
  return own.seconds < general.seconds ? own : general;
}

export interface ExpertExchangeShape {
  readonly op: "dispatch" | "combine";
  /** of each rank */
  readonly tokens: number;
  readonly hidden: number;
  /** experts that a token is sent to */
  readonly topK: number;
  /** ranks that share the experts */
  readonly ranks: number;
  readonly bytesPerElement: number;
}

export const expertExchangeKernel = {
  name: "expert-exchange",
  constants: {
    overhead: overhead(20e-6),
    step: overhead(0.1e-6, "latency of each further rank"),
    link: share(0.8, "of the link's bandwidth in each direction"),
    ramp: constants.ramp,
  },
} as const;

/**
 * Sends each token to the ranks that hold its experts, or gathers their results. A token goes to a rank once:
 * to n (1 - (1 - 1/n)^k) of n ranks on average, all but its own over links.
 */
export function expertExchange(machine: Machine, shape: ExpertExchangeShape): OperatorTime {
  const { op, tokens, hidden, topK, ranks, bytesPerElement } = shape;
  if (ranks <= 1) return kernelTime(`expert ${op}`, 0, []);
  const linkBytes = tokens * hidden * bytesPerElement * (ranks - 1) * (1 - (1 - 1 / ranks) ** topK);
  return exchange(machine, `expert ${op}`, linkBytes, ranks, constantsOf(machine, expertExchangeKernel, op));
}
