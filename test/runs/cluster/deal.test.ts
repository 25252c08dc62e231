import fc from "fast-check";
import { expect, it } from "vitest";
import { planOf } from "../../../src/runs/plan.ts";
import type { PlannedTrial } from "../../../src/runs/plan.ts";
import { dealTrials, mostShares } from "../../../src/runs/cluster/deal.ts";
import { secondsBy } from "../../../src/runs/cluster/seconds.ts";
import type { JournalEntry } from "../../../src/runs/journal-line.ts";
import { trialRow } from "../../../src/trial/columns.ts";
import type { Trial } from "../../../src/trial/trial.ts";

const trialAt = (tokens: number, trial: number, variant: string, mode: Trial["mode"]): Trial => {
  const fields = { task: "graphwalks", tokens, seed: 0, trial, variant, reader: {} };
  return mode === "numerics" ? { ...fields, mode, engine: "wasm" } : { ...fields, mode };
};

const trialsOf = (
  cells: readonly (readonly [tokens: number, problems: number, mode: Trial["mode"]])[],
): readonly PlannedTrial[] =>
  planOf(
    "deal",
    "?",
    cells.flatMap(([tokens, problems, mode]) =>
      Array.from({ length: problems }, (_, n) =>
        ["dense", "dsa"].map((variant) => trialAt(tokens, n, variant, mode)),
      ).flat(),
    ),
  ).trials;

const cells = fc.array(
  fc.tuple(
    fc.integer({ min: 1000, max: 1e6 }),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom("numerics", "mean-field"),
  ),
  { maxLength: 6 },
);

it("deals every trial to one share, evenly, problems whole, the same each time", () => {
  fc.assert(
    fc.property(cells, fc.integer({ min: 1, max: 12 }), (asked, count) => {
      const trials = trialsOf(asked);
      const secondsOf = secondsBy(trials, new Map());
      const shares = dealTrials(trials, count, secondsOf);
      expect(shares).toHaveLength(count);
      expect(
        shares
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(trials.map(({ id }) => id).sort());
      expect(dealTrials(trials, count, secondsOf)).toEqual(shares);
      const homes = new Map<string, Set<number>>();
      for (const [s, share] of shares.entries())
        for (const { trial } of share)
          if (trial.mode === "numerics") {
            const problem = `${trial.tokens} ${trial.trial}`;
            homes.set(problem, (homes.get(problem) ?? new Set()).add(s));
          }
      expect([...homes.values()].filter((home) => home.size > 1)).toEqual([]);
      const loads = shares.map((share) => share.reduce((sum, one) => sum + secondsOf(one), 0));
      const longest = Math.max(0, ...trials.map((one) => 2 * secondsOf(one)));
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(longest + 1e-9);
      expect(shares.filter((share) => share.length > 0)).toHaveLength(Math.min(count, mostShares(trials)));
    }),
    { seed: 17, numRuns: 100 },
  );
});

it("takes measured seconds of the same kind of trial, and scales the others by the speed of the machine", () => {
  const trials = trialsOf([
    [1000, 2, "numerics"],
    [100_000, 1, "numerics"],
  ]);
  const entry = ({ id, trial }: PlannedTrial, seconds: number): JournalEntry => {
    const { task, variant, tokens } = trial;
    return { id, seconds, threads: 1, workers: 1, row: trialRow({ task, variant, tokensNominal: tokens }) };
  };
  const expected = secondsBy(trials, new Map());
  const [dense, dsa, , , long] = trials;
  const finished = new Map([dense!, dsa!].map((one) => [one.id, entry(one, 10 * expected(one))]));
  const secondsOf = secondsBy(trials, finished);
  expect(secondsOf(trials[2]!)).toBeCloseTo(10 * expected(dense!));
  expect(secondsOf(long!)).toBeCloseTo(10 * expected(long!));
  expect(expected(long!)).toBeGreaterThan(expected(dense!));
});
