import { describe, expect, it } from "vitest";
import { minimise } from "../../src/core/simplex.ts";

const rosenbrock = ([x, y]: readonly number[]): number => (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2;

describe("minimise", () => {
  it("finds the bottom of a bowl in any number of coordinates", () => {
    for (const n of [1, 2, 3, 5]) {
      const bottom = Array.from({ length: n }, (_, i) => i - 1.5);
      const { at, value } = minimise(
        (x) => x.reduce((sum, each, i) => sum + (i + 1) * (each - bottom[i]!) ** 2, 0),
        bottom.map(() => 2),
        { step: bottom.map(() => 0.5), tolerance: 1e-4 },
      );
      at.forEach((x, i) => expect(x).toBeCloseTo(bottom[i]!, 3));
      expect(value).toBeLessThan(1e-6);
    }
  });

  it("follows Rosenbrock's valley from where he started", () => {
    const { at } = minimise(rosenbrock, [-1.2, 1], { step: [0.5, 0.5], tolerance: 1e-5 });
    expect(at[0]).toBeCloseTo(1, 3);
    expect(at[1]).toBeCloseTo(1, 3);
  });

  it("steps away from where the function has no value", () => {
    const { at } = minimise(([x]) => (x! < 1 ? NaN : x!), [3], { step: [0.5], tolerance: 1e-4 });
    expect(at[0]).toBeCloseTo(1, 2);
  });

  it("ends within a step of the evaluations that it is given, and says how many it took", () => {
    let done = 0;
    const found = minimise((x) => (done++, rosenbrock(x)), [-1.2, 1], {
      step: [0.5, 0.5],
      tolerance: 0,
      evaluations: 20,
    });
    expect(found.evaluations).toBe(done);
    expect(done).toBeGreaterThanOrEqual(20);
    expect(done).toBeLessThan(25);
    expect(found.value).toBe(rosenbrock(found.at));
  });
});
