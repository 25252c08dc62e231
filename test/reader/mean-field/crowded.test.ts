import { beforeAll, describe, expect, it } from "vitest";
import { mean } from "../../../src/core/stats.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { runTrials, theoryRow } from "../../../src/trial/run.ts";

// The default reader on conversations where requests that match by half are so many that every block holds some, and where
// the tokens of one reply share their code: such blocks and pages are told apart by what the others have too.

const specs = ["moba(block=1024,k=4)", "moba(block=4096,k=3)", "quest", "shadowkv"];
const [tokens, problems] = [32_768, 12];

const trials = (engine: string, count: number) =>
  specs.flatMap((variant) =>
    Array.from({ length: count }, (_, trial) => ({
      ...{ task: "mrcr", tokens, seed: 3, trial, variant, reader: {}, engine },
    })),
  );

describe("theory of a crowded conversation", () => {
  const rows: TrialRow[] = [];

  beforeAll(async () => {
    const ops = await loadEngine("wasm", { threads: 1 });
    for (let trial = 0; trial < problems; trial++)
      runTrials(
        trials("wasm", problems).filter((each) => each.trial === trial),
        ops,
        (_, row) => rows.push(row),
        () => 0,
      );
    ops.close();
    rows.push(...trials("theory", 60).map(theoryRow));
  }, 300_000);

  const recall = (variant: string, engine: string): number =>
    mean(
      rows.filter((row) => row.variant === variant && row.engine === engine).map((row) => Number(row.recall)),
    );

  it.each(specs)("%s: recall is that of the numerics", (variant) => {
    expect(Math.abs(recall(variant, "theory") - recall(variant, "wasm"))).toBeLessThan(0.06);
  });

  it("and no variant reads everything", () => {
    for (const variant of specs) expect(recall(variant, "wasm")).toBeLessThan(0.999);
  });
});
