import { beforeAll, describe, expect, it } from "vitest";
import { mean } from "../../../src/core/stats.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { runTrials } from "../../../src/trial/run.ts";
import { meanFieldRow } from "../../../src/trial/mean-field.ts";
import type { Mode } from "../../../src/trial/trial.ts";

// The default reader on conversations where requests that match by half are so many that every block holds some, and where
// the tokens of one reply share their code: such blocks and pages are told apart by what the others have too.

const specs = ["moba(block=1024,k=4)", "moba(block=4096,k=3)", "quest", "shadowkv"];
const [tokens, problems] = [32_768, 12];

const fieldsOf = (variant: string, trial: number) => ({
  task: "mrcr",
  tokens,
  seed: 3,
  trial,
  variant,
  reader: {},
});

describe("the mean field of a crowded conversation", () => {
  const rows: TrialRow[] = [];

  beforeAll(async () => {
    const ops = await loadEngine("wasm", { threads: 1 });
    for (let trial = 0; trial < problems; trial++)
      runTrials(
        specs.map((variant) => ({ ...fieldsOf(variant, trial), mode: "numerics", engine: "wasm" })),
        { ops, onRow: (_, row) => rows.push(row) },
      );
    ops.close();
    for (const variant of specs)
      for (let trial = 0; trial < 60; trial++)
        rows.push(meanFieldRow({ ...fieldsOf(variant, trial), mode: "mean-field" }));
  }, 300_000);

  const recall = (variant: string, mode: Mode): number =>
    mean(rows.filter((row) => row.variant === variant && row.mode === mode).map((row) => Number(row.recall)));

  it.each(specs)("%s: recall is that of the numerics", (variant) => {
    expect(Math.abs(recall(variant, "mean-field") - recall(variant, "numerics"))).toBeLessThan(0.06);
  });

  it("and no variant reads everything", () => {
    for (const variant of specs) expect(recall(variant, "numerics")).toBeLessThan(0.999);
  });
});
