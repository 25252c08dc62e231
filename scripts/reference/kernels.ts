import type { Facts } from "../../src/cli/print/facts.ts";
import { formatNumber, formatSeconds } from "../../src/core/units.ts";
import type { Kernel } from "../../src/hardware/constants/constants.ts";
import { constantSets } from "../../src/hardware/constants/sets/all.ts";
import { kernels } from "../../src/hardware/kernels/kernels.ts";
import { joined, table } from "../documents/markdown.ts";

/** docs/reference/kernels.md: the constants of the operators' times. */
export const kernelsPage = (): string =>
  joined([
    "# Kernels of the hardware model",
    "`npm run fit` fits these constants to measured kernels: for each engine and architecture of GPUs (`attnsim list constants`), and there for each system and case (a precision, or another trait that tells kernels apart). The values are in `src/hardware/constants/fitted/`. The profile `ideal` takes the ideal constants.",
    ...kernels.flatMap((kernel) => [`## ${kernel.name}`, table(facts(kernel))]),
  ]);

/** The constants of a kernel, each with its unit and the range of its fitted values. */
function facts({ name, constants }: Kernel): Facts {
  const systems = [...constantSets].flatMap((set) => Object.values(set.systems));
  const sets = systems.flatMap((system) => Object.values(system[name] ?? {}));
  return {
    titles: ["constant", "unit", "ideal", `fitted, ${sets.length} sets`, "meaning"],
    rows: Object.entries(constants).map(([key, { unit, ideal, doc }]) => {
      const values = sets.flatMap((set) => set[key] ?? []);
      const shown = (value: number): string =>
        unit === "s" ? formatSeconds(value) : Number.isFinite(value) ? formatNumber(value) : "infinite";
      const range = [Math.min(...values), Math.max(...values)].map(shown).join(" to ");
      return [key, unit, shown(ideal), values.length === 0 ? "" : range, doc];
    }),
  };
}
