import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { samples } from "./mutation/samples.ts";

// Changes the code of a sample of files in many small ways, one at a time, and lists the changes that no test notices:
// npm run mutate -- core hardware. Without a name: all samples. Stryker is not among the packages of npm ci: it is
// installed below node_modules/.cache at first. Reports lie in coverage/mutation.

const version = "9.6.1";
const inRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const tool = inRoot("node_modules/.cache/stryker");
const stryker = `${tool}/node_modules/@stryker-mutator/core/bin/stryker.js`;

if (!existsSync(stryker)) {
  const packages = ["core", "vitest-runner"].map((name) => `@stryker-mutator/${name}@${version}`);
  // the runner takes the vitest of this repository, beside which it lies
  const options = ["--prefix", tool, "--legacy-peer-deps", "--no-audit", "--no-fund"];
  execFileSync("npm", ["install", ...options, ...packages], { stdio: "inherit" });
}

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(samples)) {
  const sample = samples[name];
  if (sample === undefined) throw new Error(`no sample ${name}; known: ${Object.keys(samples).join(", ")}`);
  const report = inRoot(`coverage/mutation/${name}`);
  mkdirSync(report, { recursive: true });
  const config = `${report}/stryker.json`;
  writeFileSync(
    config,
    JSON.stringify({
      mutate: sample.files,
      testRunner: "vitest",
      vitest: { configFile: "scripts/mutation/vitest.config.ts", related: false },
      reporters: ["clear-text", "json"],
      clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
      jsonReporter: { fileName: `${report}/mutants.json` },
      ignorePatterns: ["/coverage", "/dist", "/results/local", "/docs"],
      tempDirName: "coverage/mutation/sandbox",
      concurrency: 2,
      timeoutMS: 60_000,
    }),
  );
  execFileSync(process.execPath, [stryker, "run", config], {
    cwd: inRoot("."),
    stdio: "inherit",
    env: { ...process.env, MUTATED_TESTS: sample.tests.join(" ") },
  });
}
