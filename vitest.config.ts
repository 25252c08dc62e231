import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // kernels start worker threads of their own: processes keep one file's engine out of another's
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ["src/**/*.ts"], exclude: ["src/kernels/wasm/assembly/**"] },
  },
});
