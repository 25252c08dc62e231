import type { System } from "../system.ts";
import type { Constants, ConstantSpecs, Kernel } from "../constants/constants.ts";
import { fitted } from "../constants/fitted.ts";
import { published } from "../constants/published.ts";

/** Values of constants by system, kernel, the kernel's case (a precision, or what else tells kernels apart) and name. */
export type FittedConstants = Readonly<Record<string, SystemConstants>>;
export type SystemConstants = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>
>;

/** Constants of kernels: fitted to measured ones, or those of a machine that loses nothing. */
export const profiles = ["framework", "ideal"] as const;
export type Profile = (typeof profiles)[number];

/** A system, and how well kernels use it. */
export interface Machine {
  readonly system: System;
  readonly profile: Profile;
  /** where its constants are from; printed with every answer */
  readonly notes: readonly string[];
  /** the constants of a kernel in a case */
  readonly constants: <S extends ConstantSpecs>(kernel: Kernel<S>, which: string) => Constants<S>;
}

/**
 * The machine of a system in a profile. A system whose kernels were not measured takes the constants of one that was, as
 * shares of its own peak rates, and its notes say so.
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
      notes: ["kernels at peak rates, without overheads: a lower bound"],
      constants: remembered(({ constants }) => values(constants, ({ ideal }) => ideal)),
    };
  const name = closest(system, Object.keys(measured));
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
    constants: remembered(({ name: kernel, constants }, which) => {
      // a kernel that was measured on one system alone (expert exchange) is taken to be as good on the other
      const cases =
        [measured[name], ...Object.values(measured)].find((each) => each?.[kernel])?.[kernel] ?? {};
      const own = cases[which] ?? cases[nearest(which, Object.keys(cases))];
      const stated = printed?.[kernel]?.[which];
      return values(constants, ({ start }, key) => stated?.[key] ?? own?.[key] ?? start);
    }),
  };
}

/**
 * Of the cases that begin with the same word the one that goes on alike for longest: of modules in precisions that were
 * not measured together.
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

/** Blackwell Ultra doubles the exponentials of Blackwell; what is older counts as Blackwell. */
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

/** Makes each kernel's constants once. */
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
