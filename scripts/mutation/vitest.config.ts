import { defineConfig } from "vitest/config";

/** The tests that are to notice mutants, as patterns with spaces between them. */
const { MUTATED_TESTS: tests = "" } = process.env;

export default defineConfig({ test: { include: tests.split(" "), isolate: false, testTimeout: 300_000 } });
