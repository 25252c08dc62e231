import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const noCache = join(tmpdir(), "attnsim-tests-no-cache");

/** Tests of rooms whose tests leave nothing behind: no plugin, no mock of a module, no variable of the environment. */
const pure = [
  "core",
  "tasks",
  "hardware",
  "attention",
  "reader",
  "deployment",
  "trial",
  "figures",
  "studies",
].map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    // kernels start worker threads of their own: processes keep one file's engine out of another's
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // no table that was measured on this machine decides what `auto` does in a test
    env: { XDG_CACHE_HOME: noCache, LOCALAPPDATA: noCache },
    coverage: { include: ["src/**/*.ts"], exclude: ["src/engines/wasm/assembly/**"] },
    projects: [
      // a process reads the modules once for many files
      { extends: true, test: { name: "pure", include: pure, isolate: false } },
      { extends: true, test: { name: "apart", include: ["test/**/*.test.ts"], exclude: pure } },
    ],
  },
});
