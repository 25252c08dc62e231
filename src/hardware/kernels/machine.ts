import { groupBy } from "../../core/group.ts";
import { measuredLike } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import type { System } from "../system.ts";
import { closestFirst, constantsFor, standIns } from "../constants/choose.ts";
import type { Constants, ConstantSpecs, Kernel, SystemConstants } from "../constants/constants.ts";
import { architectureTitles, engineOf } from "../constants/set.ts";
import type { ConstantSet } from "../constants/set.ts";

/** Sources of the constants of kernels: a fit to measured kernels, or a machine without losses. */
export const profiles = ["measured", "ideal"] as const;
export type KernelProfile = (typeof profiles)[number];

/** A system with the constants of its kernels. */
export interface Machine {
  readonly system: System;
  readonly profile: KernelProfile;
  /** constants of an engine's kernels; undefined for a machine without losses, and during a fit */
  readonly set?: ConstantSet;
  /** origin of its constants; printed with every answer */
  readonly notes: readonly string[];
  /** Constants of a kernel in a case. */
  readonly constants: <S extends ConstantSpecs>(kernel: Kernel<S>, which: string) => Constants<S>;
}

/**
 * The machine of a system in a profile. A system without measured kernels takes the constants of the one most like it that
 * has them, as shares of its own peak rates. A kernel that was not measured with the set's engine takes the usual engine's.
 * The machine's notes say both.
 *
 * @param set constants of an engine's kernels (default: those of the usual engine on the system's architecture)
 */
export function machineOf(
  system: System,
  profile: KernelProfile = "measured",
  set: ConstantSet = constantsFor(system),
): Machine {
  if (profile === "ideal")
    return {
      system,
      profile,
      notes: ["kernels at peak rates, without overheads: a lower bound"],
      constants: remembered(({ constants }) => values(constants, ({ ideal }) => ideal)),
    };
  const sources = [set, ...standIns(set)].map((each) =>
    closestFirst(system, each).map((name) => each.systems[name]!),
  );
  return {
    system,
    profile,
    set,
    notes: [...originOf(system, set), ...missingIn(system, set)],
    constants: remembered(({ name, constants: specs }, which) => {
      const own = casesOf(sources, name, which);
      return values(specs, ({ start }, key) => own?.[key] ?? start);
    }),
  };
}

/** The case whose constants stand in for products in a precision that was not measured. */
const alike = (which: string): string =>
  Object.hasOwn(measuredLike, which) ? measuredLike[which as Precision] : which;

/**
 * Constants of a kernel's case in the first set that has them: of the closest system with this case, or else with the case
 * nearest to it.
 */
function casesOf(
  sources: readonly (readonly SystemConstants[])[],
  kernel: string,
  which: string,
): Readonly<Record<string, number>> | undefined {
  for (const set of sources) {
    const systems = set.map((system) => system[kernel] ?? {});
    const exact = systems.find((cases) => cases[which]) ?? systems.find((cases) => cases[alike(which)]);
    if (exact) return exact[which] ?? exact[alike(which)];
    for (const cases of systems) {
      const near = cases[nearest(which, Object.keys(cases))];
      if (near) return near;
    }
  }
  return undefined;
}

/** The engine whose kernels were measured, on which system, and which kernels are those of others. */
function originOf(system: System, set: ConstantSet): string[] {
  const [name = "no system"] = closestFirst(system, set);
  const engine = engineOf(set);
  return [
    name === system.name
      ? `kernel efficiencies of ${engine}, fitted to kernels measured on ${name}`
      : `no kernels were measured on ${system.name}: efficiencies of ${engine} on ${name}, as shares of the peak rates`,
    ...(set.others.length === 0 ? [] : [`of other engines or versions: ${set.others.join(", ")}`]),
  ];
}

/** Notes on kernels that were not measured with the set's engine, by the set that stands in. */
function missingIn({ gpu }: System, set: ConstantSet): string[] {
  const found = casesIn(set);
  return standIns(set).flatMap((other) => {
    const taken = [...casesIn(other)].flatMap(([kernel, cases]) => {
      const own = found.get(kernel);
      found.set(kernel, new Set([...(own ?? []), ...cases]));
      if (own === undefined) return kernel;
      const lacking = [...cases].filter((name) => !own.has(name) && (name !== "nvfp4" || gpu.fp4));
      return lacking.length === 0 ? [] : `${kernel} (${lacking.join(", ")})`;
    });
    const from = `${engineOf(other)} on ${architectureTitles[other.architecture]}`;
    return taken.length === 0 ? [] : [`not measured with this engine, so of ${from}: ${taken.join("; ")}`];
  });
}

/** First words of the cases of each kernel that a set has constants of. */
function casesIn({ systems }: ConstantSet): Map<string, ReadonlySet<string>> {
  const cases = Object.values(systems).flatMap((kernels) =>
    Object.entries(kernels).flatMap(([kernel, own]) =>
      Object.keys(own).map((which) => ({ kernel, word: firstWord(which) })),
    ),
  );
  return new Map(
    [...groupBy(cases, ({ kernel }) => kernel)].map(([kernel, own]) => [
      kernel,
      new Set(own.map(({ word }) => word)),
    ]),
  );
}

const firstWord = (which: string): string => which.split(/[ ,]/, 1)[0]!;

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
  return cases
    .filter((other) => firstWord(other) === firstWord(which))
    .reduce((best, other) => (alike(other) > alike(best) ? other : best), "");
}

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
