import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise } from "dependency-cruiser";
import { afterAll, expect, it } from "vitest";
import { options, ruleSet } from "./rooms.ts";

/** Broken rules of the files under a folder: `rule: from -> to`. */
async function violations(baseDir: string, folders: string[]): Promise<string[]> {
  const { output } = await cruise(folders, { ...options, baseDir, validate: true, ruleSet });
  if (typeof output === "string") throw new Error(output);
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("every room imports what it may", async () => {
  expect(await violations(join(import.meta.dirname, "../.."), ["src", "experiments"])).toEqual([]);
});

it("the rules catch what they forbid", async () => {
  const files: Readonly<Record<string, string>> = {
    "src/index.ts": 'export { fine } from "./core/fine.ts";',
    "src/catalog.ts": "export const all = 1;",
    "src/core/fine.ts": "export const fine = 1;\nexport type Fine = number;",
    "src/core/upward.ts": 'import { fine } from "../engines/reference/engine.ts";\nexport const x = fine;',
    "src/core/files.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;',
    "src/engines/reference/engine.ts": "export const fine = 1;",
    "src/engines/counting.ts": 'import { cpus } from "node:os";\nexport const x = cpus;',
    "src/engines/registry.ts":
      'import { x } from "./wasm/load.ts";\nexport const y = [x, () => import("./tfjs/engine.ts")];',
    "src/engines/wasm/load.ts": 'import { cpus } from "node:os";\nexport const x = cpus;',
    "src/engines/tfjs/engine.ts": "export const x = 1;",
    "src/attention/variants/fine.ts": "export const fine = 1;",
    "src/attention/parts/upward.ts": 'import { fine } from "../variants/fine.ts";\nexport const x = fine;',
    "src/attention/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;\nexport type A = typeof a;',
    "src/attention/b.ts": 'import type { A } from "./a.ts";\nexport const b = (a: A) => a;',
    "src/hardware/gpu.ts": "export const gpu = 1;\nexport type Gpu = number;",
    "src/attention/kernels.ts": 'import type { Gpu } from "../hardware/gpu.ts";\nexport type Kernel = Gpu;',
    "src/attention/rates.ts": 'import { gpu } from "../hardware/gpu.ts";\nexport const x = gpu;',
    "src/tasks/reads.ts": 'import { a } from "../attention/a.ts";\nexport const x = a;',
    "src/trial/catalog.ts": 'import { all } from "../catalog.ts";\nexport const x = all;',
    "src/cli/catalog.ts": 'import { all } from "../catalog.ts";\nexport const x = all;',
    "src/cli/gone.ts": 'import { x } from "./nowhere.ts";\nexport const y = x;',
    "experiments/public.ts": 'import { fine } from "../src/index.ts";\nexport const x = fine;',
    "experiments/inside.ts": 'import { fine } from "../src/core/fine.ts";\nexport const x = fine;',
    "tsconfig.json": '{ "compilerOptions": { "module": "NodeNext" } }',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  expect((await violations(folder, ["src", "experiments"])).sort()).toEqual([
    "attention-takes-types-of-hardware: src/attention/rates.ts -> src/hardware/gpu.ts",
    "catalog-is-for-the-outside: src/trial/catalog.ts -> src/catalog.ts",
    "core-imports-rooms: src/core/upward.ts -> src/engines/reference/engine.ts",
    "experiments-use-the-public-api: experiments/inside.ts -> src/core/fine.ts",
    "no-cycles: src/attention/a.ts -> src/attention/b.ts",
    "no-node-in-the-browser: src/core/files.ts -> fs",
    "no-node-in-the-browser: src/engines/counting.ts -> os",
    "node-engines-are-loaded-late: src/engines/registry.ts -> src/engines/wasm/load.ts",
    "parts-know-no-variant: src/attention/parts/upward.ts -> src/attention/variants/fine.ts",
    "resolvable: src/cli/gone.ts -> ./nowhere.ts",
    "tasks-imports-rooms: src/tasks/reads.ts -> src/attention/a.ts",
  ]);
});
