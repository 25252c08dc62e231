import { allReduce, collective } from "./collectives.ts";
import type { Machine } from "./machine.ts";
import type { OperatorTime } from "./time.ts";
import { neededOf } from "../system.ts";

/** NVLink domains that so many GPUs reach over. */
export const domainsIn = ({ system }: Machine, gpus: number): number => Math.ceil(gpus / system.gpus.value);

/** The machine as an exchange among so many neighbouring GPUs sees it: beyond one NVLink domain the network binds. */
export function networkOf(machine: Machine, gpus: number): Machine {
  const { system } = machine;
  if (domainsIn(machine, gpus) === 1) return machine;
  const nic = neededOf(system, "gpu.nic", `an exchange among ${gpus} GPUs`);
  return { ...machine, system: { ...system, gpu: { ...system.gpu, nvlink: nic } } };
}

/** @param span GPUs from the first of the group to the last */
export const allReduceAmong = (machine: Machine, gpus: number, bytes: number, span: number): OperatorTime =>
  allReduce(networkOf(machine, span), { bytes, gpus });

/** @param bytes of the whole message */
export const exchangeAmong = (
  machine: Machine,
  op: "all-gather" | "all-to-all",
  gpus: number,
  bytes: number,
  span: number,
): OperatorTime => collective(networkOf(machine, span), { op, bytes, gpus });
