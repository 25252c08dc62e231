import { formatCount } from "../../core/units.ts";
import { overhead, share } from "../constants/constants.ts";
import type { Constants } from "../constants/constants.ts";
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
  /** links of the GPUs: those within an NVLink domain (the default), or the network between domains */
  readonly link?: Link;
}

/** A quantity of a system: the bandwidth of a GPU in an NVLink domain, or beyond it. */
export type Link = "nvlink" | "nic";

const constants = {
  overhead: overhead(8e-6, "launch and first synchronisation"),
  step: overhead(2e-6, "latency of each doubling of the ranks"),
  link: share(0.75, "of the link's bandwidth in each direction, large messages"),
  ramp: {
    ...share(1, "c of c sqrt(t * 1 us): chunks of a pipeline that is not yet full"),
    ideal: 0,
    min: 0,
    max: 50,
  },
} as const;

export const collectiveKernel = { name: "collective", constants } as const;

/**
 * Time of a collective: each of n ranks sends M (n - 1) / n bytes, and twice that in an all-reduce. Its latency grows with
 * the logarithm of the ranks, as that of trees does (NCCL 2.4,
 * https://developer.nvidia.com/blog/massively-scale-deep-learning-training-nccl-2-4/); rings among 8 GPUs are measured to
 * take up to a quarter longer. Between domains it takes the constants that were measured in one.
 */
export function collective(machine: Machine, { op, bytes, gpus, link }: CollectiveShape): OperatorTime {
  if (gpus <= 1) return kernelTime(op, 0, []);
  const linkBytes = ((op === "all-reduce" ? 2 : 1) * bytes * (gpus - 1)) / gpus;
  return exchange(machine, { op, linkBytes, gpus, link }, machine.constants(collectiveKernel, op));
}

/** Bytes that each of some GPUs sends over its link. */
interface Exchange {
  readonly op: string;
  readonly linkBytes: number;
  readonly gpus: number;
  readonly link: Link | undefined;
}

/** Time of `linkBytes` that each of the GPUs sends. */
function exchange(
  machine: Machine,
  { op, linkBytes, gpus, link: over = "nvlink" }: Exchange,
  c: Constants<typeof constants>,
): OperatorTime {
  const among = over === "nvlink" ? formatCount(gpus) : `${formatCount(gpus)} domains`;
  const { value: bandwidth } = neededOf(machine.system, `gpu.${over}`, `${op} among ${among}`);
  const link = linkBytes / (bandwidth * c.link);
  const ramp = c.ramp * Math.sqrt(link * 1e-6);
  const latency = c.overhead + c.step * Math.log2(gpus / 2);
  return kernelTime(
    `${op} among ${among}`,
    latency + link + ramp,
    [
      { what: over === "nvlink" ? "link" : "network", seconds: link, amount: linkBytes, unit: "B" },
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
  { bytes, gpus }: Omit<CollectiveShape, "op" | "link">,
): OperatorTime {
  if (gpus <= 1) return kernelTime("all-reduce", 0, []);
  const linkBytes = (2 * bytes * (gpus - 1)) / gpus;
  const constants = machine.constants(customAllReduceKernel, "bf16");
  return exchange(machine, { op: "custom all-reduce", linkBytes, gpus, link: "nvlink" }, constants);
}

/** Time of the faster one of NCCL's and the engine's own all-reduce, in one NVLink domain. */
export function allReduce(machine: Machine, shape: Omit<CollectiveShape, "op" | "link">): OperatorTime {
  const own = customAllReduce(machine, shape);
  const general = collective(machine, { op: "all-reduce", ...shape });
  return own.seconds < general.seconds ? own : general;
}
