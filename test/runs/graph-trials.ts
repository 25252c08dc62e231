import type { NumericTrial } from "../../src/trial/trial.ts";

/** A graphwalks trial in numerics on the wasm engine. */
export const trialAt = (tokens: number, trial: number, variant = "dense", seed = 0): NumericTrial => ({
  task: "graphwalks",
  tokens,
  seed,
  trial,
  variant,
  reader: {},
  mode: "numerics",
  engine: "wasm",
});

/** Twelve trials: two lengths, three problems, two variants. */
export const grid = [8192, 4096].flatMap((tokens) =>
  [0, 1, 2].flatMap((trial) => ["dense", "oracle"].map((variant) => trialAt(tokens, trial, variant))),
);
