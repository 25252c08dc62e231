import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { writeAtomic } from "../../../src/files/files.ts";
import { engineTimesFile } from "../../../src/engines/auto/saved-times.ts";
import { callKinds } from "../../../src/engines/auto/table.ts";
import type { CallSizes } from "../../../src/engines/auto/table.ts";
import { autoChoice } from "../../../src/engines/registry.ts";
import { timeEngines } from "../../../src/engines/bench/time-engines.ts";
import type { Grid } from "../../../src/engines/bench/time-engines.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const shapes: readonly CallSizes[] = [
  [8, 64, 16],
  [1, 8, 8],
];
const grid = Object.fromEntries(callKinds.map((kind) => [kind, shapes])) as unknown as Grid;

it("measures every call on every engine; what is written is what auto then chooses by", async () => {
  vi.stubEnv("XDG_CACHE_HOME", folder);
  vi.stubEnv("LOCALAPPDATA", folder);
  let [steps, announced] = [0, 0];
  const onStep = (of: number): void => {
    steps++;
    announced = of;
  };
  const calibration = await timeEngines({ threads: 1, seconds: 0, grid, size: 2 ** 14, onStep });
  const names = Object.keys(calibration.engines);
  expect(names).toContain("wasm");
  expect(names).not.toContain("auto");
  expect(steps).toBe(callKinds.length * shapes.length * names.length);
  expect(steps).toBe(announced);
  expect(calibration.table.map(({ kind, sizes }) => [kind, sizes])).toEqual(
    callKinds.flatMap((kind) => shapes.map((sizes) => [kind, sizes])),
  );
  for (const { ms } of calibration.table) {
    expect(Object.keys(ms)).toEqual(names);
    for (const time of Object.values(ms)) expect(time).toBeGreaterThan(0);
  }
  expect((await autoChoice({ threads: 1 })).measured).toBe(false);
  writeAtomic(engineTimesFile(1), JSON.stringify(calibration));
  const { table, measured } = await autoChoice({ threads: 1 });
  expect(measured).toBe(true);
  expect(table).toEqual(calibration.table);
});
