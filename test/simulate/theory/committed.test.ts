import { join } from "node:path";
import { expect, it } from "vitest";
import { mean, variance } from "../../../src/core/stats.ts";
import { readCsv } from "../../../src/experiment/csv.ts";
import { groupBy } from "../../../src/experiment/group.ts";
import { theoryRow } from "../../../src/simulate/quality.ts";

// The committed numerics of length-sweep go to 1M tokens, where no test can: the mean field is held against each of their
// tasks, variants and lengths.

const committed = readCsv(join(import.meta.dirname, "../../../results/length-sweep/data.csv"));
const problems = 12;

it("scores of the mean field are those of the committed numerics, 4K to 1M tokens", () => {
  const cells = groupBy(committed, (row) =>
    [row["task"], row["variant"], row["tokensNominal"]].map(String).join(" "),
  );
  const gaps = [...cells.values()].map((rows) => {
    const { task, variant, tokensNominal } = rows[0] as Record<string, string | number>;
    const numerics = rows.map((row) => Number(row["score"]));
    const theory = Array.from({ length: problems }, (_, trial) =>
      Number(
        theoryRow({
          ...{ task: String(task), variant: String(variant), tokens: Number(tokensNominal) },
          ...{ seed: 1, trial, reader: {}, engine: "theory" },
        })["score"],
      ),
    );
    const error = Math.sqrt(variance(numerics) / numerics.length + variance(theory) / problems);
    return { gap: mean(theory) - mean(numerics), error };
  });
  expect(gaps.length).toBeGreaterThan(250);
  expect(mean(gaps.map(({ gap }) => Math.abs(gap)))).toBeLessThan(0.08);
  expect(Math.abs(mean(gaps.map(({ gap }) => gap)))).toBeLessThan(0.02);
  const within = gaps.filter(({ gap, error }) => Math.abs(gap) < 3 * error + 0.05);
  expect(within.length / gaps.length).toBeGreaterThan(0.97);
}, 300_000);
