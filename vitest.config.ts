import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const noCache = join(tmpdir(), "attnsim-tests-no-cache");

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // kernels start worker threads of their own: processes keep one file's engine out of another's
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // no table that was measured on this machine decides what `auto` does in a test
    env: { XDG_CACHE_HOME: noCache, LOCALAPPDATA: noCache },
    coverage: { include: ["src/**/*.ts"], exclude: ["src/engines/wasm/assembly/**"] },
  },
});
