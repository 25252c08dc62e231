import type { Entry } from "../core/entry.ts";
import { UsageError } from "../core/errors.ts";
import type { Quantity } from "../core/units.ts";

/** Architectures of GPUs whose kernels were measured. */
export const architectures = ["hopper", "blackwell"] as const;
export type Architecture = (typeof architectures)[number];

/**
 * GPUs in one NVLink domain: a rack or a node. Rates are dense (never 2:4 sparse) and per GPU. A part that a system
 * lacks is left out, and code that needs it throws (`neededOf`).
 */
export interface System extends Entry {
  /** architecture whose measured kernels its own are like; default: by its precisions (`architectureOf`) */
  readonly architecture?: Architecture;
  readonly gpus: Quantity<"1">;
  readonly gpu: {
    /** as marketed */
    readonly hbmMarketed?: Quantity<"B">;
    /** as the driver reports it */
    readonly hbm: Quantity<"B">;
    readonly hbmBandwidth: Quantity<"B/s">;
    /** each direction; left out for a single GPU */
    readonly nvlink?: Quantity<"B/s">;
    /** scale-out network, each direction */
    readonly nic?: Quantity<"B/s">;
    readonly bf16: Quantity<"FLOP/s">;
    readonly fp8: Quantity<"FLOP/s">;
    readonly fp4?: Quantity<"FLOP/s">;
    /** exponentials of the special function units */
    readonly exponentials?: Quantity<"op/s">;
    readonly power?: Quantity<"W">;
    /** price of a GPU with its share of the rest of the system */
    readonly rental?: Quantity<"USD/h">;
  };
  /** processors whose memory the GPUs reach over NVLink-C2C */
  readonly host?: {
    readonly processors: Quantity<"1">;
    /** per processor */
    readonly memory: Quantity<"B">;
    /** per processor */
    readonly memoryBandwidth: Quantity<"B/s">;
    /** of the link, per processor and direction, shared by its GPUs */
    readonly c2c: Quantity<"B/s">;
    /** host memory to one GPU, as measured */
    readonly toGpu: Quantity<"B/s">;
  };
  /** memory of every GPU that a server keeps from weights and caches */
  readonly reserved: {
    /** share of the HBM that weights and passes leave free, which the server gives to caches */
    readonly share: Quantity<"1">;
    /** CUDA context, libraries and their workspaces */
    readonly runtime: Quantity<"B">;
    /** buffers of collectives */
    readonly collectives: Quantity<"B">;
  };
  /** time of the smallest collective exchange among GPUs; left out for a single GPU */
  readonly collective?: Quantity<"s">;
}

type OptionalParts = {
  readonly [K in keyof System["gpu"] as `gpu.${K}`]-?: NonNullable<System["gpu"][K]>;
} & Required<Pick<System, "host" | "collective">>;

/**
 * A part that a system may lack.
 *
 * @param why the answer that needs the part
 * @throws UsageError naming system, part and reason if the system lacks it
 */
export function neededOf<P extends keyof OptionalParts>(
  system: System,
  part: P,
  why: string,
): OptionalParts[P] {
  // every kernel asks for a rate: no array
  const dot = part.indexOf(".");
  const found =
    dot < 0 ? system[part as "host" | "collective"] : system.gpu[part.slice(dot + 1) as keyof System["gpu"]];
  if (found === undefined)
    throw new UsageError(`${system.name} has no ${part}, which ${why} would need; give it with --set`);
  return found as OptionalParts[P];
}

/** Bytes a second that each GPU gets from the host's memory while all read: the link's rate, or its share of LPDDR's. */
export function hostBandwidth(system: System): number {
  const { processors, memoryBandwidth, toGpu } = neededOf(
    system,
    "host",
    "reading rows from the host's memory",
  );
  return Math.min(toGpu.value, (processors.value * memoryBandwidth.value) / system.gpus.value);
}

/** The system's architecture, or the closest one with measured kernels: Blackwell multiplies FP4 and Hopper does not. */
export const architectureOf = ({ architecture, gpu }: System): Architecture =>
  architecture ?? (gpu.fp4 ? "blackwell" : "hopper");
