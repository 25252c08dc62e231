import { expect, it } from "vitest";
import { bracketsNote, formatScores } from "../../src/cli/print/scores.ts";
import { wilson } from "../../src/core/stats.ts";
import { exactTables, gradedTables } from "../../src/runs/summary.ts";
import { trialRow } from "../../src/trial/columns.ts";

const rows = (task: string, scores: readonly number[], tokensNominal = 8192): ReturnType<typeof trialRow>[] =>
  scores.map((score, trial) =>
    trialRow({
      task,
      benchmark: task,
      variant: "dense",
      tokensNominal,
      seed: 0,
      trial,
      score,
      exact: score === 1,
    }),
  );

// MRCR grades a wrong answer by its likeness to the right one
const graded = rows("mrcr", [1, 1, 1, 0.02, 0.04, 0.03, 1, 1, 0.01, 0.6, 1, 1]);
const binary = rows("k-hop", [1, 0, 1]);

it("a task with scores between 0 and 1 has a table of exact answers with Wilson's interval below its own", () => {
  const tables = gradedTables([...binary, ...graded]);
  expect(tables.map(({ title }) => title)).toEqual(["k-hop", "mrcr", "mrcr, exact answers"]);
  const [mean, exact] = tables.slice(1).map(({ lines }) => lines[0]!.cells[0]!);
  expect(mean).toMatchObject({ kind: "t", trials: 12 });
  expect(exact).toMatchObject({ kind: "wilson", mean: 7 / 12, trials: 12, ...wilson(7, 12) });
  expect(formatScores(tables[2]!)).toMatch(
    /^mrcr, exact answers +8K, n=12 *\n.*\ndense +\.58 \[\.32 \.81\]$/,
  );
  expect(bracketsNote(tables)).toContain("exact answers: the share of answers that are exactly right");
});

it("a task of right or wrong answers has none, nor do rows that do not say", () => {
  expect(exactTables(binary)).toEqual([]);
  expect(bracketsNote(gradedTables(binary))).not.toContain("exact");
  expect(exactTables(graded.map((row) => ({ ...row, exact: null })))).toEqual([]);
});

it("names a task whose 1K is 1,000 tokens once", () => {
  const all = gradedTables(rows("graphwalks-bfs", [0.5, 1], 8000));
  expect(all).toHaveLength(2);
  expect(bracketsNote(all)!.match(/graphwalks-bfs/g)).toHaveLength(1);
});
