import { totalmem } from "node:os";
import { from } from "../../core/units.ts";
import { LimitMeter } from "../../engines/bench/limits.ts";
import type { MachineLimits } from "../../engines/bench/limits.ts";
import { coresHere, processorName } from "../../engines/machine.ts";
import type { System } from "../../hardware/system.ts";

/** This machine as a system of one processor. Rates are those of float32, since the engine widens every type to it. */
export function systemFrom({ bandwidth, flops }: MachineLimits): System {
  const source = {
    title: `measured on this machine: ${processorName()}, Node ${process.versions.node}`,
    url: "",
  };
  const measured = from(source);
  const rate = measured(flops.perSecond, "FLOP/s", {
    where: flops.by,
    note: "float32, to which the engine widens every type",
  });
  return {
    name: "local",
    summary: "this machine, measured",
    sources: [source],
    gpus: measured(1, "1"),
    gpu: {
      hbm: measured(totalmem(), "B", { note: "memory of the machine" }),
      hbmBandwidth: measured(bandwidth.perSecond, "B/s", { where: bandwidth.by }),
      bf16: rate,
      fp8: rate,
      fp4: rate,
    },
    reserved: {
      share: measured(0.9, "1", { note: "as for GPUs" }),
      runtime: measured(400e6, "B", { note: "program, engine and scratch" }),
      collectives: measured(0, "B", { note: "there is one processor" }),
    },
  };
}

/** Rounds of the quick measurement, and seconds of each round. */
const rounds = 2;
const roundSeconds = 0.15;

let measuredSystem: System | undefined;

/** This machine as a system. The first call measures it for less than a second. */
export function localSystem(): System {
  measuredSystem ??= measureSystem();
  return measuredSystem;
}

function measureSystem(): System {
  const meter = new LimitMeter(coresHere());
  try {
    for (let round = 0; round < rounds; round++) meter.measure(roundSeconds);
    return systemFrom(meter.found);
  } finally {
    meter.close();
  }
}
