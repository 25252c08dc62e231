import { describe, expect, it } from "vitest";
import { measuredFolder, readKernels } from "../../../src/files/kernels.ts";
import { fileErrors } from "../../../src/hardware/constants/fit/errors.ts";
import { isHeldOut } from "../../../src/hardware/constants/fit/fit.ts";
import { trtllmHopper } from "../../../src/hardware/constants/sets/trtllm-hopper.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import { systems } from "../../../src/hardware/systems/all.ts";

const hopper = readKernels(measuredFolder(trtllmHopper));

describe("median error on rows of Hopper that the fit did not see", () => {
  const names = Object.keys(trtllmHopper.systems);
  const machines = new Map(names.map((name) => [name, machineOf(systems.get(name))]));

  it.each(names.flatMap((name) => hopper.map((file) => [name, file.file.file, file] as const)))(
    "%s, %s: at most 15%%",
    (name, _, file) => {
      const errors = fileErrors(file, machines, (row) => row.text("system") === name && isHeldOut(row))!;
      expect(errors.rows).toBeGreaterThan(10);
      expect(errors.medianAbsError).toBeLessThanOrEqual(0.15);
    },
  );

  it("is never below the time of the ideal machine", () => {
    for (const { file, rows } of hopper)
      for (const row of rows) {
        const system = systems.get(row.text("system"));
        const bound = file.predict(machineOf(system, "ideal"), row).seconds;
        expect(file.predict(machines.get(system.name)!, row).seconds, row.key).toBeGreaterThan(bound);
      }
  });
});
