import { weightsOn } from "../../deployment/division.ts";
import { constantsFor } from "../../hardware/constants/choose.ts";
import { expertsOf } from "../../hardware/model.ts";
import type { RackSetting } from "./settings.ts";

/** Notes on systems whose times are compared although their kernels were not the same ones. */
export function unlikeKernels(settings: readonly RackSetting[]): string[] {
  const measured = settings.filter(
    ({ profile, model }) => profile !== "ideal" && expertsOf(model).length > 0,
  );
  const notes = measured.flatMap((setting) => {
    const { unlike = [] } = constantsFor(setting.system, setting.framework);
    return unlike.flatMap(({ systems, experts, note }) => {
      const compared = systems.every((name) => measured.some(({ system }) => system.name === name));
      return compared && weightsOn(setting).experts.product === experts
        ? [`experts in ${experts} on ${systems.join(" and ")}: ${note}`]
        : [];
    });
  });
  return [...new Set(notes)];
}
