import { describe, expect, it } from "vitest";
import { catalog } from "../../../src/catalog.ts";
import { ownKernels, readKernels } from "../../../src/files/kernels.ts";
import { fileErrors } from "../../../src/hardware/constants/fit/errors.ts";
import { measuredFiles } from "../../../src/hardware/constants/fit/files.ts";
import { fitSystems, isHeldOut, measuredSeconds } from "../../../src/hardware/constants/fit/fit.ts";
import type { MeasuredRow } from "../../../src/hardware/constants/fit/rows.ts";
import { trtllmBlackwell } from "../../../src/hardware/constants/sets/trtllm-blackwell.ts";
import { dsaModuleDecode, mlaModuleDecode } from "../../../src/hardware/kernels/latent-module.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";

const measured = readKernels(ownKernels);
const machines = new Map([...catalog.systems].map((system) => [system.name, machineOf(system)]));

/** NVFP4 products and experts have a bar of their own: autotuned kernels whose rows scatter most. */
const isLoose = (row: MeasuredRow): boolean =>
  ["gemm.csv", "moe.csv"].includes(row.file) && row.text("dtype") === "nvfp4";

it("has every file of the measured kernels", () => {
  expect(measured.map(({ file }) => file)).toEqual(measuredFiles);
});

describe("median error on rows that the fit did not see", () => {
  it.each(measuredFiles.map(({ file }) => file))("%s: at most 15%%", (name) => {
    const file = measured.find((each) => each.file.file === name)!;
    const errors = fileErrors(file, machines, (row) => isHeldOut(row) && !isLoose(row))!;
    expect(errors.rows).toBeGreaterThan(10);
    expect(errors.medianAbsError).toBeLessThanOrEqual(0.15);
  });

  it.each(["gemm", "moe"])("%s in NVFP4: at most 25%%", (name) => {
    const file = measured.find((each) => each.file.file === name)!;
    const errors = fileErrors(file, machines, (row) => isHeldOut(row) && isLoose(row))!;
    expect(errors.rows).toBeGreaterThan(10);
    expect(errors.medianAbsError).toBeLessThanOrEqual(0.25);
  });
});

it("measured kernels are never faster than the ideal machine, in any measured shape", () => {
  for (const { file, rows } of measured)
    for (const row of rows) {
      const system = catalog.systems.get(row.text("system"));
      const bound = file.predict(machineOf(system, "ideal"), row).seconds;
      expect(file.predict(machines.get(system.name)!, row).seconds, row.key).toBeGreaterThan(bound);
    }
});

it("holds out the same quarter of the rows whatever was measured", () => {
  const rows = measured.flatMap((file) => file.rows);
  expect(Math.abs(rows.filter(isHeldOut).length / rows.length - 0.25)).toBeLessThan(0.02);
});

it("the committed constants are what the fit gives", () => {
  const files = measured.filter(({ file }) => ["custom-allreduce", "kda", "gdn"].includes(file.file));
  const systems = Object.keys(trtllmBlackwell.systems).map((name) => catalog.systems.get(name));
  const again = fitSystems(systems, files);
  expect(fitSystems(systems, files)).toEqual(again);
  for (const [system, kernels] of Object.entries(again))
    for (const [kernel, cases] of Object.entries(kernels))
      for (const [which, values] of Object.entries(cases))
        for (const [name, value] of Object.entries(values))
          expect(
            Math.abs(value / trtllmBlackwell.systems[system]![kernel]![which]![name]! - 1),
            `${system} ${kernel} ${which} ${name}`,
          ).toBeLessThan(0.01);
});

describe("DSA against dense MLA in decode", () => {
  it.each(["gb200-nvl72", "gb300-nvl72"])(
    "overtakes it between 16K and 32K for 16 users of %s, in bf16",
    (name) => {
      const machine = machines.get(name)!;
      const shape = {
        hidden: 7168,
        queryHeads: 128,
        weights: "bf16",
        kvDtype: "bf16",
        queryRank: 1536,
      } as const;
      const latent = { ...shape, latent: 512, rope: 64, keyDim: 128, valueDim: 128, requests: 16 };
      const index = { indexHeads: 64, indexDim: 128, topK: 2048 };
      const faster = (contextTokens: number): boolean =>
        dsaModuleDecode(machine, { ...latent, ...index, contextTokens }).seconds <
        mlaModuleDecode(machine, { ...latent, contextTokens }).seconds;
      expect([8192, 16384, 32768, 65536].map(faster)).toEqual([false, false, true, true]);
    },
  );

  it("is the faster one in the same measured shapes", () => {
    const [dsa, mla] = ["dsa-module-decode", "mla-module-decode"].map((name) =>
      measured.find(({ file }) => file.file === name)!,
    );
    const shapeOf = ({ texts }: MeasuredRow): string =>
      ["system", "weight_dtype", "kv_dtype", "query_heads", "batch", "context_tokens"]
        .map((column) => texts[column])
        .join();
    const dense = new Map(mla!.rows.map((row) => [shapeOf(row), row]));
    const pairs = dsa!.rows.flatMap((row) => {
      const other = dense.get(shapeOf(row));
      return row.text("model").endsWith("V3.2") && other ? [[row, other] as const] : [];
    });
    expect(pairs.length).toBeGreaterThan(4);
    for (const [sparse, other] of pairs) {
      const machine = machines.get(sparse.text("system"))!;
      const [a, b] = [dsa!.file.predict(machine, sparse), mla!.file.predict(machine, other)];
      expect(a.seconds < b.seconds, shapeOf(sparse)).toBe(measuredSeconds(sparse) < measuredSeconds(other));
    }
  });
});
