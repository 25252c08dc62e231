import { describe, expect, it } from "vitest";
import { makeTrial } from "../../src/trial/make-trial.ts";
import { finishedRows, Unfinished } from "../../src/runs/unfinished.ts";
import { trialRow } from "../../src/trial/columns.ts";

const trial = makeTrial({ task: "graphwalks", variant: "dense", tokens: 1000 });
const row = trialRow({ task: "graphwalks", variant: "dense", tokensNominal: 1000, score: 1 });
const outcome = { rows: [row], planned: 2, failures: [], interrupted: false, seconds: 1 };

const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe("finishedRows", () => {
  it("gives the rows of a finished run", () => {
    expect(finishedRows({ ...outcome, planned: 1 })).toEqual(outcome.rows);
  });

  it("names the trials that failed", () => {
    const error = thrown(() => finishedRows({ ...outcome, failures: [{ trial, reason: "no memory" }] }));
    expect(error).toBeInstanceOf(Unfinished);
    expect(error).toMatchObject({ interrupted: false, message: expect.stringContaining("1 of 2") as string });
    expect((error as Unfinished).failed).toEqual(["graphwalks, 1000 tokens, trial 0, dense: no memory"]);
  });

  it("tells an interruption from a failure", () => {
    const error = thrown(() => finishedRows({ ...outcome, interrupted: true }));
    expect(error).toMatchObject({ interrupted: true, message: expect.stringContaining("resume") as string });
  });
});
