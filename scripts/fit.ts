/** Fits sets of constants to their measured kernels and writes them: all sets, or those named. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { constantSets } from "../src/hardware/constants/sets/all.ts";
import { constantsFile, fitKernels } from "../src/studies/kernels/fit.ts";

const named = process.argv.slice(2).map((name) => constantSets.get(name));
for (const set of named.length > 0 ? named : constantSets) {
  const path = fileURLToPath(new URL(`../src/hardware/constants/fitted/${set.name}.ts`, import.meta.url));
  const { constants } = fitKernels(set);
  const options = await resolveConfig(path);
  writeFileSync(path, await format(constantsFile(constants, path, set), { ...options, filepath: path }));
  console.log(`written: ${path}`);
}
