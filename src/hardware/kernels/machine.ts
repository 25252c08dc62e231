import { measuredLike } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import type { System } from "../system.ts";
import type { Constants, ConstantSpecs, FittedConstants, Kernel } from "../constants/constants.ts";
import { fitted } from "../constants/fitted.ts";
import { published } from "../constants/published.ts";

/** Sources of the constants of kernels: a fit to measured kernels, or a machine without losses. */
export const profiles = ["measured", "ideal"] as const;
export type KernelProfile = (typeof profiles)[number];

/** A system with the constants of its kernels. */
export interface Machine {
  readonly system: System;
  readonly profile: KernelProfile;
  /** origin of its constants; printed with every answer */
  readonly notes: readonly string[];
  /** Constants of a kernel in a case. */
  readonly constants: <S extends ConstantSpecs>(kernel: Kernel<S>, which: string) => Constants<S>;
}

/**
 * The machine of a system in a profile. A system without measured kernels takes the constants of one that has them, as
 * shares of its own peak rates, and its notes say so.
 */
export function machineOf(
  system: System,
  profile: KernelProfile = "measured",
  constants: FittedConstants = fitted,
): Machine {
  if (profile === "ideal")
    return {
      system,
      profile,
      notes: ["kernels at peak rates, without overheads: a lower bound"],
      constants: remembered(({ constants }) => values(constants, ({ ideal }) => ideal)),
    };
  const name = closest(system, Object.keys(constants));
  const printed = published[system.name];
  const standing = printed ? `; as published: ${Object.keys(printed).join(", ")}` : "";
  return {
    system,
    profile,
    notes: [
      name === system.name
        ? `kernel efficiencies fitted to kernels measured on ${name}`
        : `no kernels were measured on ${system.name}: efficiencies of ${name}, as shares of the peak rates${standing}`,
    ],
    constants: remembered(({ name: kernel, constants: specs }, which) => {
      // a kernel measured on one system alone (expert exchange) has the same constants on the other
      const cases =
        [constants[name], ...Object.values(constants)].find((each) => each?.[kernel])?.[kernel] ?? {};
      const own = cases[which] ?? cases[alike(which)] ?? cases[nearest(which, Object.keys(cases))];
      const stated = printed?.[kernel]?.[which];
      return values(specs, ({ start }, key) => stated?.[key] ?? own?.[key] ?? start);
    }),
  };
}

/** The case whose constants stand in for products in a precision that was not measured. */
const alike = (which: string): string =>
  Object.hasOwn(measuredLike, which) ? measuredLike[which as Precision] : which;

/**
 * The case with the same first word and the longest common start, for modules in precisions that were not measured
 * together; empty without one.
 */
function nearest(which: string, cases: readonly string[]): string {
  const alike = (other: string): number => {
    let i = 0;
    while (i < other.length && other[i] === which[i]) i++;
    return i;
  };
  const word = which.split(/[ ,]/, 1)[0];
  return cases
    .filter((other) => other.split(/[ ,]/, 1)[0] === word)
    .reduce((best, other) => (alike(other) > alike(best) ? other : best), "");
}

/** Measured system to take constants from: GB300 for the doubled exponentials of Blackwell Ultra, otherwise GB200. */
const closest = (system: System, names: readonly string[]): string =>
  names.includes(system.name)
    ? system.name
    : (system.gpu.exponentials?.value ?? 0) > 7e12
      ? "gb300-nvl72"
      : "gb200-nvl72";

const values = <S extends ConstantSpecs>(
  specs: S,
  of: (spec: S[keyof S], key: string) => number,
): Constants<S> =>
  Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => [key, of(spec as S[keyof S], key)]),
  ) as Constants<S>;

/** Remembers the constants of each kernel and case. */
function remembered(make: (kernel: Kernel, which: string) => Constants<ConstantSpecs>): Machine["constants"] {
  const made = new Map<Kernel, Map<string, Constants<ConstantSpecs>>>();
  return <S extends ConstantSpecs>(kernel: Kernel<S>, which: string): Constants<S> => {
    let cases = made.get(kernel);
    if (cases === undefined) made.set(kernel, (cases = new Map<string, Constants<ConstantSpecs>>()));
    let set = cases.get(which);
    if (set === undefined) cases.set(which, (set = make(kernel, which)));
    return set as Constants<S>;
  };
}
