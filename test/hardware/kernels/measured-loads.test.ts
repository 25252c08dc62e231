import { expect, it } from "vitest";
import { catalog } from "../../../src/catalog.ts";
import { ownKernels, readKernels } from "../../../src/files/kernels.ts";
import { fileErrors } from "../../../src/hardware/constants/fit/errors.ts";
import { fitSystems } from "../../../src/hardware/constants/fit/fit.ts";
import { MeasuredRow } from "../../../src/hardware/constants/fit/rows.ts";
import { trtllmBlackwell } from "../../../src/hardware/constants/sets/trtllm-blackwell.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";

const moe = readKernels(ownKernels).find(({ file }) => file.file === "moe")!;
const isBalanced = (row: MeasuredRow): boolean => row.text("distribution") === "balanced";
const asBalanced = (row: MeasuredRow): MeasuredRow =>
  new MeasuredRow(row.file, row.line, { ...row.texts, distribution: "balanced" });

it("the busiest rank's load predicts power-law rows from constants of balanced rows alone", () => {
  const names = [...new Set(moe.rows.map((row) => row.text("system")))];
  const systems = names.map((name) => catalog.systems.get(name));
  const constants = fitSystems(systems, [{ ...moe, rows: moe.rows.filter(isBalanced) }]);
  const set = { ...trtllmBlackwell, systems: constants };
  const machines = new Map(systems.map((system) => [system.name, machineOf(system, "measured", set)]));
  // ranks of a large pass whose loads differ from the mean
  const skewed = moe.rows.filter(
    (row) => !isBalanced(row) && row.number("ep") >= 8 && row.number("tokens") >= 1024,
  );
  const errors = fileErrors({ ...moe, rows: skewed }, machines)!;
  const ignored = fileErrors({ ...moe, rows: skewed.map(asBalanced) }, machines)!;
  expect(errors.rows).toBeGreaterThan(50);
  expect(errors.medianAbsError).toBeLessThan(0.2);
  expect(errors.medianAbsError).toBeLessThan(0.65 * ignored.medianAbsError);
});
