import type { Entry } from "../core/entry.ts";
import { from } from "../core/units.ts";
import type { Quantity } from "../core/units.ts";

/** A rack whose GPUs form one NVLink domain. Rates are dense (never 2:4 sparse) and per GPU. */
export interface System extends Entry {
  readonly gpus: Quantity<"1">;
  readonly gpu: {
    /** what is sold */
    readonly hbmMarketed: Quantity<"B">;
    /** what the driver reports */
    readonly hbm: Quantity<"B">;
    readonly hbmBandwidth: Quantity<"B/s">;
    /** each direction */
    readonly nvlink: Quantity<"B/s">;
    /** scale-out network, each direction */
    readonly nic: Quantity<"B/s">;
    readonly bf16: Quantity<"FLOP/s">;
    readonly fp8: Quantity<"FLOP/s">;
    readonly fp4: Quantity<"FLOP/s">;
    /** exponentials of the special function units */
    readonly exponentials: Quantity<"op/s">;
    readonly power: Quantity<"W">;
  };
  readonly host: {
    /** Grace processors in the rack */
    readonly processors: Quantity<"1">;
    /** per processor */
    readonly memory: Quantity<"B">;
    /** per processor */
    readonly memoryBandwidth: Quantity<"B/s">;
    /** host memory to one GPU, as measured */
    readonly toGpu: Quantity<"B/s">;
  };
  /** least time of a collective exchange among GPUs, however small */
  readonly collective: Quantity<"s">;
}

/** What a user can put in place of a system's own numbers, per GPU and decimal: GB of usable HBM, GB/s. */
interface Overrides {
  readonly hbmGb?: number | undefined;
  readonly hbmGbps?: number | undefined;
  readonly nvlinkGbps?: number | undefined;
}

const given = from({ title: "given by the user", url: "" });

/** The system with those numbers in place of its own. */
export function override(system: System, { hbmGb, hbmGbps, nvlinkGbps }: Overrides): System {
  return {
    ...system,
    gpu: {
      ...system.gpu,
      ...(hbmGb === undefined ? {} : { hbm: given(hbmGb * 1e9, "B") }),
      ...(hbmGbps === undefined ? {} : { hbmBandwidth: given(hbmGbps * 1e9, "B/s") }),
      ...(nvlinkGbps === undefined ? {} : { nvlink: given(nvlinkGbps * 1e9, "B/s") }),
    },
  };
}
