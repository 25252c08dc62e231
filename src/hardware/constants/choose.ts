import { UsageError } from "../../core/errors.ts";
import { architectureOf } from "../system.ts";
import type { Architecture, System } from "../system.ts";
import { systems } from "../systems/all.ts";
import { usualArchitecture, usualFramework } from "./set.ts";
import type { ConstantSet, Framework } from "./set.ts";
import { constantSets } from "./sets/all.ts";

/** The constants of an engine's kernels on GPUs like the system's. @throws UsageError if there are none */
export const constantsFor = (system: System, framework: Framework = usualFramework): ConstantSet =>
  setOf(framework, architectureOf(system));

/** The constants of an engine on an architecture. @throws UsageError if there are none */
export function setOf(
  framework: Framework = usualFramework,
  architecture: Architecture = usualArchitecture,
): ConstantSet {
  for (const set of constantSets)
    if (set.framework === framework && set.architecture === architecture) return set;
  throw new UsageError(
    `no kernels of ${framework} were measured on ${architecture} GPUs; known: ${constantSets.names().join(", ")}`,
  );
}

/**
 * Sets that stand in, one after the other, for kernels that were not measured with the set's own engine: the usual
 * engine's on the same architecture, then on other architectures.
 */
export const standIns = (set: ConstantSet): readonly ConstantSet[] =>
  [...constantSets]
    .filter((other) => other.framework === usualFramework && other.name !== set.name)
    .sort((a, b) => Number(isLike(b, set)) - Number(isLike(a, set)));

const isLike = (a: ConstantSet, b: ConstantSet): boolean => a.architecture === b.architecture;

/** Systems that a set was measured on, the one most like the system first; a user's own systems of its name too. */
export const closestFirst = (system: System, { systems: measured }: ConstantSet): readonly string[] =>
  Object.keys(measured)
    .map((name) => ({ name, far: name === system.name ? -1 : distance(system, name) }))
    .sort((a, b) => a.far - b.far)
    .map(({ name }) => name);

const rates = ["bf16", "fp8", "hbmBandwidth", "exponentials", "nvlink"] as const;

/** Sum over the rates that both systems state of |log of their ratio|. */
function distance({ gpu }: System, name: string): number {
  const other = systems.get(name).gpu;
  return rates.reduce((sum, rate) => {
    const [a, b] = [gpu[rate]?.value, other[rate]?.value];
    return a === undefined || b === undefined ? sum : sum + Math.abs(Math.log(a / b));
  }, 0);
}
