import { overhead, share } from "../constants/constants.ts";
import type { Constants } from "../constants/constants.ts";
import { precisionBytes } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import type { Machine } from "./machine.ts";
import { kernelTime } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";
import { neededOf } from "../system.ts";

export const collectiveOps = ["all-gather", "reduce-scatter", "all-to-all", "all-reduce"] as const;
export type CollectiveOp = (typeof collectiveOps)[number];

export interface CollectiveShape {
  readonly op: CollectiveOp;
  /** the whole message: as a rank holds it at the end of an all-gather, and at the start of the others */
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

/** Time of a collective: each of n ranks sends M (n - 1) / n bytes, and twice that in an all-reduce. */
export function collective(machine: Machine, { op, bytes, gpus }: CollectiveShape): OperatorTime {
  if (gpus <= 1) return kernelTime(op, 0, []);
  const linkBytes = ((op === "all-reduce" ? 2 : 1) * bytes * (gpus - 1)) / gpus;
  return exchange(machine, { op, linkBytes, gpus }, machine.constants(collectiveKernel, op));
}

/** Time of `linkBytes` that each of the GPUs sends. */
function exchange(
  machine: Machine,
  { op, linkBytes, gpus }: { readonly op: string; readonly linkBytes: number; readonly gpus: number },
  c: Constants<typeof constants>,
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

/** Time of inference engines' one-shot all-reduce for small messages: every rank reads those of all others. */
export function customAllReduce(
  machine: Machine,
  { bytes, gpus }: Omit<CollectiveShape, "op">,
): OperatorTime {
  if (gpus <= 1) return kernelTime("all-reduce", 0, []);
  const linkBytes = (2 * bytes * (gpus - 1)) / gpus;
  const constants = machine.constants(customAllReduceKernel, "bf16");
  return exchange(machine, { op: "custom all-reduce", linkBytes, gpus }, constants);
}

/** Time of the faster one of NCCL's and the engine's own all-reduce. */
export function allReduce(machine: Machine, shape: Omit<CollectiveShape, "op">): OperatorTime {
  const own = customAllReduce(machine, shape);
  const general = collective(machine, { op: "all-reduce", ...shape });
  return own.seconds < general.seconds ? own : general;
}

export interface ExpertExchangeShape {
  /** `prepare` exchanges counts; a low-precision combine rounds what it sends to 4 bits */
  readonly op: "prepare" | "dispatch" | "combine" | "combine-low-precision";
  /** kernels in which one side writes to the other, or both take part; `one` by default */
  readonly sides?: "one" | "two";
  /** of each rank */
  readonly tokens: number;
  readonly hidden: number;
  /** experts that a token is sent to */
  readonly topK: number;
  /** ranks that share the experts */
  readonly ranks: number;
  /** format of dispatched tokens; results are combined in bf16 */
  readonly dtype: Precision;
  /** experts chosen by chance (the default), or spread over as many ranks as possible */
  readonly routing?: "random" | "balanced";
}

export const expertExchangeKernel = {
  name: "expert-exchange",
  constants: {
    overhead: overhead(12e-6),
    step: overhead(0.1e-6, "latency of each further rank"),
    token: overhead(30e-9, "bookkeeping of a token"),
    link: share(0.75, "of the link's bandwidth in each direction"),
  },
} as const;

/**
 * Time to send each token once to each rank that holds some of its experts, or to gather their results. Of n ranks, k
 * experts chosen by chance lie on n (1 - (1 - 1/n)^k), balanced ones on min(k, n); 1 in n of them needs no link.
 */
export function expertExchange(machine: Machine, shape: ExpertExchangeShape): OperatorTime {
  const { op, sides = "one", tokens, hidden, topK, ranks, dtype, routing = "random" } = shape;
  if (ranks <= 1) return kernelTime(`expert ${op}`, 0, []);
  const c = machine.constants(expertExchangeKernel, `${op} ${sides}-sided`);
  const reached = routing === "balanced" ? Math.min(topK, ranks) : ranks * (1 - (1 - 1 / ranks) ** topK);
  const element = {
    prepare: 0,
    dispatch: precisionBytes[dtype],
    combine: 2,
    "combine-low-precision": 0.5625,
  }[op];
  const linkBytes = (tokens * hidden * element * reached * (ranks - 1)) / ranks;
  const { value: bandwidth } = neededOf(machine.system, "gpu.nvlink", `expert ${op} among ${ranks} GPUs`);
  const link = linkBytes / (bandwidth * c.link);
  const latency = c.overhead + c.step * (ranks - 2);
  return kernelTime(
    `expert ${op} among ${ranks}`,
    latency + tokens * c.token + link,
    [
      { what: "link", seconds: link, amount: linkBytes, unit: "B" },
      { what: "bookkeeping", seconds: tokens * c.token },
      { what: "latency", seconds: latency },
    ],
    { bytes: 0, linkBytes },
  );
}
