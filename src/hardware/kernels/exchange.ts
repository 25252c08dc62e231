import { allReduce, collective } from "./collectives.ts";
import type { Machine } from "./machine.ts";
import type { OperatorTime } from "./operator-time.ts";
import { neededOf } from "../system.ts";

/** NVLink domains that `gpus` neighbouring GPUs lie in. */
export const domainsIn = ({ system }: Machine, gpus: number): number => Math.ceil(gpus / system.gpus.value);

/** The machine for an exchange among `gpus` neighbouring GPUs. Beyond one NVLink domain its links are the network. */
export function networkOf(machine: Machine, gpus: number): Machine {
  const { system } = machine;
  if (domainsIn(machine, gpus) === 1) return machine;
  const nic = neededOf(system, "gpu.nic", `an exchange among ${gpus} GPUs`);
  return { ...machine, system: { ...system, gpu: { ...system.gpu, nvlink: nic } } };
}

/** GPUs of a deployment that exchange a message. */
interface GpuExchange {
  readonly gpus: number;
  /** of the whole message */
  readonly bytes: number;
  /** GPUs from the first of them to the last */
  readonly span: number;
}

export const allReduceAmong = (machine: Machine, { gpus, bytes, span }: GpuExchange): OperatorTime =>
  allReduce(networkOf(machine, span), { bytes, gpus });

export const exchangeAmong = (
  machine: Machine,
  op: "all-gather" | "all-to-all",
  { gpus, bytes, span }: GpuExchange,
): OperatorTime => collective(networkOf(machine, span), { op, bytes, gpus });
