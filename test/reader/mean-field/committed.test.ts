import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { mean, variance } from "../../../src/core/stats.ts";
import { readTrialRows } from "../../../src/files/csv.ts";
import { groupBy } from "../../../src/core/group.ts";
import { meanFieldRow } from "../../../src/trial/mean-field.ts";

// The committed numerics of length-sweep go to 1M tokens, where no test can: the mean field is held against each of their
// tasks, variants and lengths.

const committed = readTrialRows(join(import.meta.dirname, "../../../results/length-sweep/data.csv"));
const problems = 40;

interface Gap {
  readonly cell: string;
  /** mean field less numerics */
  readonly gap: number;
  readonly error: number;
}

function gapsOf(measure: "score" | "recall"): Gap[] {
  const cells = groupBy(committed, (row) => [row.task, row.variant, row.tokensNominal].map(String).join(" "));
  return [...cells].flatMap(([cell, rows]) => {
    const { task, variant, tokensNominal } = rows[0]!;
    const drawn = Array.from({ length: problems }, (_, trial) =>
      meanFieldRow({
        task,
        variant,
        tokens: tokensNominal,
        seed: 1,
        trial,
        reader: {},
        mode: "mean-field",
      }),
    );
    const [numerics, meanField] = [rows, drawn].map((all) =>
      all.map((row) => row[measure]).filter((value) => typeof value === "number"),
    ) as [number[], number[]];
    if (numerics.length < 3 || meanField.length < 3) return [];
    const error = Math.sqrt(variance(numerics) / numerics.length + variance(meanField) / meanField.length);
    return [{ cell, gap: mean(meanField) - mean(numerics), error }];
  });
}

/** How far the mean field may be off: in the mean of distances, and beyond three standard errors in each cell. */
const bars = [
  // the one cell that is known to be off (docs/mean-field.md)
  { measure: "score", distance: 0.07, beyond: 0.05, known: ["mrcr snapkv(queryAware=true) 524288"] },
  { measure: "recall", distance: 0.018, beyond: 0.04, known: [] },
] as const;

describe.each(bars)("$measure in the mean field, 4K to 1M tokens", ({ measure, distance, beyond, known }) => {
  let gaps: Gap[] = [];
  beforeAll(() => {
    gaps = gapsOf(measure);
  }, 300_000);

  it("is that of the committed numerics, in the mean", () => {
    expect(gaps.length).toBeGreaterThan(250);
    expect(mean(gaps.map(({ gap }) => Math.abs(gap)))).toBeLessThan(distance);
    expect(Math.abs(mean(gaps.map(({ gap }) => gap)))).toBeLessThan(distance / 2);
  });

  it("and for each variant, task and length", () => {
    const off = gaps.filter(({ gap, error }) => Math.abs(gap) > 3 * error + beyond);
    expect(off.map(({ cell }) => cell)).toEqual(known);
  });
});
