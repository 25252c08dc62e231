import { expect, it } from "vitest";
import { costOfReads, meanOfCosts, sumOfCosts } from "../../src/core/cost.ts";
import type { StepCost } from "../../src/core/cost.ts";

const cost: Required<StepCost> = {
  flops: 1,
  exponentials: 2,
  keptBytes: 3,
  indexKeptBytes: 4,
  kvReadBytes: 5,
  indexReadBytes: 6,
  stateBytes: 7,
  convolutionBytes: 3,
  farKeptBytes: 8,
  farReadBytes: 9,
};

const plain: StepCost = {
  flops: 10,
  exponentials: 0,
  keptBytes: 20,
  indexKeptBytes: 0,
  kvReadBytes: 30,
  indexReadBytes: 0,
};

it("repeats the work and the traffic of a read, and nothing that is kept", () => {
  expect(costOfReads(cost, 3)).toEqual({
    ...cost,
    flops: 3,
    exponentials: 6,
    kvReadBytes: 15,
    indexReadBytes: 18,
    farReadBytes: 27,
  });
});

it("adds every field, an absent one as 0", () => {
  expect(
    sumOfCosts([
      [2, cost],
      [1, plain],
    ]),
  ).toEqual({
    flops: 12,
    exponentials: 4,
    keptBytes: 26,
    indexKeptBytes: 8,
    kvReadBytes: 40,
    indexReadBytes: 12,
    stateBytes: 14,
    convolutionBytes: 6,
    farKeptBytes: 16,
    farReadBytes: 18,
  });
  expect(meanOfCosts([cost, plain])).toMatchObject({ flops: 5.5, keptBytes: 11.5, stateBytes: 3.5 });
});
