import { expect, it } from "vitest";
import { upperQuantile, upperTail } from "../../src/core/normal.ts";

// scipy 1.x, stats.norm.sf
it.each([
  [-3, 0.9986501019683699],
  [-1, 0.8413447460685429],
  [0, 0.5],
  [0.1, 0.460172162722971],
  [0.5, 0.3085375387259869],
  [1, 0.15865525393145707],
  [2, 0.022750131948179195],
  [3, 0.0013498980316300933],
  [5, 2.866515718791933e-7],
  [8, 6.22096057427174e-16],
])("the probability above %f is within 1.3e-7 of %f", (z, expected) => {
  expect(Math.abs(upperTail(z) / expected - 1)).toBeLessThan(1.3e-7);
});

// scipy 1.x, stats.norm.isf
it.each([
  [1e-12, 7.034483825301131],
  [1e-6, 4.753424308822899],
  [0.001, 3.090232306167813],
  [0.025, 1.9599639845400545],
  [0.3, 0.5244005127080409],
  [0.5, 0],
  [0.9, -1.2815515655446004],
  [0.999, -3.090232306167813],
])("the number that is exceeded with probability %f is within 1e-6 of %f", (p, expected) => {
  expect(Math.abs(upperQuantile(p) - expected)).toBeLessThan(1e-6);
});
