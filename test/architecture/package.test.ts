import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { version } from "../../src/version.ts";

const root = join(import.meta.dirname, "../..");

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
};

it("pins every dependency exactly, and the lock agrees", () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(all.filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))).toEqual([]);
  expect(all.filter(([name, range]) => lock.packages[`node_modules/${name}`]?.version !== range)).toEqual([]);
});

it("knows its own version", () => {
  expect(version).toBe(manifest.version);
});

it("names no path of the machine it was written on", () => {
  const folders = ["src", "data", "experiments", "test", "bench", "scripts", "docs", "results", ".ci"].filter(
    (folder) => existsSync(join(root, folder)),
  );
  const nested = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  const files = [...readdirSync(root), ...nested].filter(
    (file) =>
      /\.(ts|js|mjs|json|jsonl|md|ya?ml|py|csv|svg)$|^\.ci\//.test(file) &&
      !file.startsWith(join("results", "local")),
  );
  expect(files.length).toBeGreaterThan(200);
  const path = /(?<![\w.~-])\/(?:work|opt|home|root|Users)\/[\w.-]+/;
  expect(files.filter((file) => path.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});
