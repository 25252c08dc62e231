import type { Projections, Reading } from "../reading.ts";
import { largest } from "../readout.ts";

/**
 * Finds what most records hold. A query matches every record equally, so that a candidate's projection is its share of
 * them. Every token of the question asks, each with residual noise of its own, and the sum of their projections is read.
 *
 * @param askers tokens of the question
 * @param answers candidates to conclude with, those of the largest sums
 */
export function aggregate(reading: Reading, askers: number, answers: number): number[] {
  const each = reading.ask(Array(askers).keys(), 0, (answer) => answer);
  return largest(each.reduce(plus), answers);
}

/** Sums of two queries' projections, candidate by candidate. */
const plus = (a: Projections, b: Projections): Projections => ({
  ...a,
  values: a.values.map((value, c) => value + b.values[c]!),
});
