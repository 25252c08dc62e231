import { formatCount } from "../../core/units.ts";
import { allReduce, collective } from "./collectives.ts";
import type { Machine } from "./machine.ts";
import { kernelTime, sequence } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";
import { neededOf } from "../system.ts";

/** NVLink domains that `gpus` neighbouring GPUs lie in. */
export const domainsIn = ({ system }: Machine, gpus: number): number => Math.ceil(gpus / system.gpus.value);

/** GPUs of a deployment that exchange a message. */
interface GpuExchange {
  readonly gpus: number;
  /** of the whole message */
  readonly bytes: number;
  /** GPUs from the first of them to the last */
  readonly span: number;
}

/** Domains that the GPUs lie in, evenly, and GPUs of each. */
function spreadOf(machine: Machine, { gpus, span }: GpuExchange): { inside: number; domains: number } {
  const domains = Math.min(gpus, domainsIn(machine, span));
  return { inside: gpus / domains, domains };
}

/**
 * Time of an all-reduce. Between d domains of g GPUs, the GPUs of a domain add their messages up, each sums its share with
 * the GPUs at its place in other domains over the network, and they gather the shares: 2 M (g - 1) / g bytes over NVLink,
 * and then 2 (M / g) (d - 1) / d over the network.
 */
export function allReduceAmong(machine: Machine, exchange: GpuExchange): OperatorTime {
  const { gpus, bytes } = exchange;
  const { inside, domains } = spreadOf(machine, exchange);
  const within = allReduce(machine, { bytes, gpus: inside });
  if (domains === 1) return within;
  return sequence(`all-reduce among ${formatCount(gpus)}`, [
    within,
    collective(machine, { op: "all-reduce", bytes: bytes / inside, gpus: domains, link: "nic" }),
  ]);
}

/**
 * Time of an all-gather or all-to-all. Between d domains of g GPUs, a GPU exchanges with the GPUs at its place in other
 * domains over the network, and with those of its own domain over NVLink: its share M / g of an all-gather, all of
 * what leaves the domain of an all-to-all (NCCL's PXN).
 */
export function exchangeAmong(
  machine: Machine,
  op: "all-gather" | "all-to-all",
  exchange: GpuExchange,
): OperatorTime {
  const { gpus, bytes } = exchange;
  const { inside, domains } = spreadOf(machine, exchange);
  const within = collective(machine, { op, bytes, gpus: inside });
  if (domains === 1) return within;
  const share = op === "all-gather" ? bytes / inside : bytes;
  return sequence(`${op} among ${formatCount(gpus)}`, [
    within,
    collective(machine, { op, bytes: share, gpus: domains, link: "nic" }),
  ]);
}

/**
 * Time to send a message of each GPU of a stage to the next stage, over all stages. Hops between two domains take the
 * network.
 */
export function hopsAmong(
  machine: Machine,
  { bytes, stages, gpus }: { readonly bytes: number; readonly stages: number; readonly gpus: number },
): OperatorTime {
  const { system, profile } = machine;
  const hops = stages - 1;
  const between = Math.min(hops, domainsIn(machine, gpus) - 1);
  const why = "stages of a model";
  const rate = (link: "nvlink" | "nic"): number => neededOf(system, `gpu.${link}`, why).value;
  const linkBytes = (hops - between) * bytes;
  const networkBytes = between * bytes;
  const link = linkBytes > 0 ? linkBytes / rate("nvlink") : 0;
  const network = networkBytes > 0 ? networkBytes / rate("nic") : 0;
  const latency = profile === "ideal" ? 0 : hops * neededOf(system, "collective", why).value;
  return kernelTime(
    "hidden states between stages",
    link + network + latency,
    [
      { what: "link", seconds: link, amount: linkBytes, unit: "B" },
      { what: "network", seconds: network, amount: networkBytes, unit: "B" },
      { what: "latency", seconds: latency },
    ],
    { bytes: 0, linkBytes: linkBytes + networkBytes },
  );
}
