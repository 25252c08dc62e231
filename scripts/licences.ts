import { readFileSync } from "node:fs";
import { groupBy } from "../src/core/group.ts";
import { incompatiblePackages, productionPackages } from "./supply/licences.ts";
import type { LockFile } from "./supply/licences.ts";

// Lists the licences of all packages that an installation has, and fails if one does not suit a program under MIT.

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as LockFile;
const packages = productionPackages(lock);
for (const [licence, own] of groupBy(packages, (each) => each.licence)) {
  const names = own.map(
    ({ name, version, optional }) => `${name}@${version}${optional ? " (optional)" : ""}`,
  );
  console.log(`${licence === "" ? "none stated" : licence}: ${own.length}\n  ${names.join("\n  ")}`);
}
const refused = incompatiblePackages(packages);
for (const { name, version, licence } of refused)
  console.error(`${name}@${version}: "${licence}" is no licence that a program under MIT can depend on`);
console.log(`${packages.length} packages, ${refused.length} incompatible`);
process.exitCode = refused.length > 0 ? 1 : 0;
