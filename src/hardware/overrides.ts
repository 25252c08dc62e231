import { decimal } from "../core/decimal.ts";
import { didYouMean, UsageError } from "../core/errors.ts";
import { lookup } from "../core/lookup.ts";
import { from, parseQuantity } from "../core/units.ts";
import type { Quantity, Unit } from "../core/units.ts";
import { quantitiesOf } from "./quantities.ts";
import type { System } from "./system.ts";

/** Every quantity of a system, by path: its unit, and whether it is optional. */
export const systemQuantities: Readonly<
  Record<string, { readonly unit: Unit; readonly optional?: true; readonly whole?: true }>
> = lookup({
  gpus: { unit: "1", whole: true },
  "gpu.hbmMarketed": { unit: "B", optional: true },
  "gpu.hbm": { unit: "B" },
  "gpu.hbmBandwidth": { unit: "B/s" },
  "gpu.nvlink": { unit: "B/s", optional: true },
  "gpu.nic": { unit: "B/s", optional: true },
  "gpu.bf16": { unit: "FLOP/s" },
  "gpu.fp8": { unit: "FLOP/s" },
  "gpu.fp4": { unit: "FLOP/s", optional: true },
  "gpu.exponentials": { unit: "op/s", optional: true },
  "gpu.power": { unit: "W", optional: true },
  "gpu.rental": { unit: "USD/h", optional: true },
  "host.processors": { unit: "1", optional: true, whole: true },
  "host.memory": { unit: "B", optional: true },
  "host.memoryBandwidth": { unit: "B/s", optional: true },
  "host.c2c": { unit: "B/s", optional: true },
  "host.toGpu": { unit: "B/s", optional: true },
  "reserved.share": { unit: "1" },
  "reserved.runtime": { unit: "B" },
  "reserved.collectives": { unit: "B" },
  collective: { unit: "s", optional: true },
});

/** Shorthands on the command line and in budgets: GB, or GB/s, per GPU and decimal. */
export const shorthands = {
  "hbm-gb": { path: "gpu.hbm", unit: "GB", doc: "usable HBM of a GPU, in place of the system's" },
  "hbm-gbps": { path: "gpu.hbmBandwidth", unit: "GB/s", doc: "HBM bandwidth of a GPU" },
  "nvlink-gbps": { path: "gpu.nvlink", unit: "GB/s", doc: "NVLink bandwidth of a GPU, each direction" },
  "c2c-gbps": {
    path: "host.toGpu",
    unit: "GB/s",
    doc: "host memory to one GPU (a share of the memory's own bandwidth at most)",
  },
} as const;

export type Shorthand = keyof typeof shorthands;

const given = from({ title: "given by the user", url: "" });

/**
 * A system with some quantities replaced, each setting written `gpu.fp8=4.5PFLOP/s` or `gpu.fp8=150%`.
 *
 * @throws UsageError for a path that no system has, another unit, a value that is not a number > 0, or an incomplete host
 */
export function override(system: System, settings: readonly string[]): System {
  const set = new Map<string, Quantity>();
  for (const setting of settings) {
    const equals = setting.indexOf("=");
    const path = (equals < 0 ? setting : setting.slice(0, equals)).trim();
    const known = systemQuantities[path];
    if (known === undefined)
      throw new UsageError(
        `a system has no quantity "${path}" (in "${setting}"); known: ${Object.keys(systemQuantities).join(", ")}${didYouMean(path, Object.keys(systemQuantities))}`,
      );
    if (equals < 0) throw new UsageError(`"${setting}" has no value; write ${path}=VALUE in ${known.unit}`);
    if (set.has(path)) throw new UsageError(`${path} is given twice`);
    const value = valueOf(system, path, setting.slice(equals + 1).trim(), known.unit);
    if (known.whole) refuseFraction(path, value);
    set.set(path, given(value, known.unit));
  }
  return set.size === 0 ? system : withQuantities(system, set);
}

/** @throws UsageError for a count that is no whole number */
export function refuseFraction(what: string, value: number): void {
  if (!Number.isSafeInteger(value)) throw new UsageError(`${what} must be a whole number; got ${value}`);
}

/** Reads a value with its unit, or a share of the system's own: `50%`. */
function valueOf(system: System, path: string, text: string, unit: Unit): number {
  if (!text.endsWith("%")) return parseQuantity(path, text, unit);
  const share = decimal(text.slice(0, -1)) / 100;
  if (!Number.isFinite(share) || share <= 0)
    throw new UsageError(`${path} must be a share > 0 of the system's own, such as 50%; got "${text}"`);
  const own = new Map(quantitiesOf(system)).get(path);
  if (own === undefined) throw new UsageError(`${system.name} has no ${path} to take ${text} of`);
  return share * own.value;
}

/** Setting behind a shorthand: `gpu.hbm=288GB` for `hbm-gb` and 288. */
export const shorthandSetting = (name: Shorthand, value: number): string =>
  `${shorthands[name].path}=${value}${shorthands[name].unit}`;

/**
 * A system with the parts of another one, and other quantities at some paths.
 *
 * @throws UsageError naming the quantities that a system, or its host, lacks
 */
export function withQuantities(
  base: Pick<System, "name" | "summary" | "sources"> & Partial<System>,
  set: ReadonlyMap<string, Quantity>,
): System {
  const { name, summary, sources, architecture } = base;
  const found = new Map<string, Quantity>([...quantitiesOf(base), ...set]);
  const hosted = [...found.keys()].some((path) => path.startsWith("host."));
  const missing = Object.entries(systemQuantities).flatMap(([path, { optional }]) =>
    found.has(path) || (optional && !(hosted && path.startsWith("host."))) ? [] : [path],
  );
  if (missing.length > 0)
    throw new UsageError(
      `system ${name} lacks ${missing.join(", ")}${hosted ? " (a host is given whole)" : ""}`,
    );
  const system: Record<string, unknown> = { name, summary, sources, ...(architecture && { architecture }) };
  for (const [path, quantity] of found) {
    const [first, second] = path.split(".") as [string, string?];
    if (second === undefined) system[first] = quantity;
    else system[first] = { ...(system[first] as object | undefined), [second]: quantity };
  }
  return system as unknown as System;
}
