import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { incompatiblePackages, isCompatible, productionPackages } from "../../scripts/supply/licences.ts";
import type { LockFile } from "../../scripts/supply/licences.ts";

const root = join(import.meta.dirname, "../..");
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as LockFile;

it("every package that an installation has may be depended on, and states its licence", () => {
  const packages = productionPackages(lock);
  expect(packages.length).toBeGreaterThan(150);
  expect(incompatiblePackages(packages)).toEqual([]);
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["commander", "vega", "onnxruntime-node"]));
  expect(names).not.toContain("vitest");
});

it("reads SPDX expressions", () => {
  for (const free of [
    "MIT",
    "(MIT OR GPL-3.0-only)",
    "Apache-2.0 AND MIT",
    "(MIT AND (ISC OR AGPL-3.0-only))",
  ])
    expect(isCompatible(free), free).toBe(true);
  for (const bound of [
    "",
    "GPL-3.0-only",
    "MIT AND GPL-3.0-only",
    "GPL-2.0-only OR (MIT AND",
    "UNLICENSED",
    "MIT ISC",
  ])
    expect(isCompatible(bound), bound).toBe(false);
});

it("refuses packages that are bound or silent, also optional ones, and skips development", () => {
  const packages = {
    "": { version: "1.0.0", license: "MIT" },
    "node_modules/bound": { version: "1.0.0", license: "AGPL-3.0-only", optional: true },
    "node_modules/silent": { version: "2.0.0" },
    "node_modules/free": { version: "1.0.0", license: "MIT" },
    "node_modules/free/node_modules/@of/inner": { version: "3.0.0", license: "ISC" },
    "node_modules/tool": { version: "1.0.0", license: "GPL-3.0-only", dev: true },
    // another version of a font whose words were read for one version alone
    "node_modules/dejavu-fonts-ttf": { version: "9.0.0", license: "SEE LICENSE IN README.md AND LICENSE" },
  };
  const found = productionPackages({ packages });
  expect(found.map(({ name }) => name)).toEqual(["@of/inner", "bound", "dejavu-fonts-ttf", "free", "silent"]);
  expect(incompatiblePackages(found).map(({ name }) => name)).toEqual([
    "bound",
    "dejavu-fonts-ttf",
    "silent",
  ]);
});
