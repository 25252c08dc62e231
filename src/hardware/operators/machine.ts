import type { System } from "../system.ts";
import type { Constants, ConstantSpecs, Kernel } from "./constants.ts";
import { fitted } from "./fitted.ts";

/** By system, kernel and precision. */
export type FittedConstants = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>>
>;

/** Constants of kernels: fitted to measured ones, or those of a machine that loses nothing. */
export const profiles = ["framework", "ideal"] as const;
export type Profile = (typeof profiles)[number];

/** A system, and how well kernels use it. */
export interface Machine {
  readonly system: System;
  readonly profile: Profile;
  /** which constants are taken, and from where; printed with every answer */
  readonly notes: readonly string[];
  readonly constants: FittedConstants[string];
}

/**
 * The machine of a system in a profile. A system whose kernels were not measured takes the constants of the one
 * whose rate of exponentials is closest, as shares of its own peak rates, and its notes say so.
 */
export function machineOf(
  system: System,
  profile: Profile = "framework",
  measured: FittedConstants = fitted,
): Machine {
  if (profile === "ideal")
    return {
      system,
      profile,
      constants: {},
      notes: ["kernels at peak rates, without overheads: a lower bound"],
    };
  const name = closest(system, Object.keys(measured));
  const own = name === system.name;
  return {
    system,
    profile,
    constants: measured[name] ?? {},
    notes: [
      own
        ? `kernel efficiencies fitted to kernels measured on ${name}`
        : `no kernels were measured on ${system.name}: efficiencies of ${name}, as shares of the peak rates`,
    ],
  };
}

/** Blackwell Ultra doubles the exponentials of Blackwell; nothing older was measured. */
const closest = (system: System, names: readonly string[]): string =>
  names.includes(system.name) || names.length === 0
    ? system.name
    : (system.gpu.exponentials?.value ?? 0) > 7e12
      ? "gb300-nvl72"
      : "gb200-nvl72";

/** The constants of a kernel at a precision on this machine. */
export function constantsOf<S extends ConstantSpecs>(
  { profile, constants }: Machine,
  { name, constants: specs }: Kernel<S>,
  precision: string,
): Constants<S> {
  const own = constants[name]?.[precision];
  const values = Object.entries(specs).map(([key, { start, ideal }]) => [
    key,
    profile === "ideal" ? ideal : (own?.[key] ?? start),
  ]);
  return Object.fromEntries(values) as Constants<S>;
}
