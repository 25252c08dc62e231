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

  /** Points where a function of the first simplex 0, e1, ..., en is asked, if these are its values in turn. */
  function visited(n: number, values: readonly number[]): (readonly number[])[] {
    const points: (readonly number[])[] = [];
    const zeros = Array.from({ length: n }, () => 0);
    minimise((at) => (points.push(at), values[points.length - 1] ?? 0), zeros, {
      step: zeros.map(() => 1),
      tolerance: 0,
      evaluations: values.length + 1,
    });
    return points.slice(n + 1, values.length + 1);
  }
  const line = (x: number): number[] => [x, x, x, x];

  // Gao and Han 2012, eq. 4.1: expansion 1 + 2/n, contraction 3/4 - 1/2n, shrinking 1 - 1/n
  it.each<[string, number, number[], (readonly number[])[]]>([
    [
      "doubles a step that finds a new best point",
      2,
      [3, 2, 1, 0],
      [
        [1, 1],
        [1.5, 1.5],
      ],
    ],
    [
      "goes on from a point that is neither best nor worst",
      2,
      [3, 2, 1, 1.5],
      [
        [1, 1],
        [0, 2],
      ],
    ],
    [
      "halves a step that is better than the worst point alone",
      2,
      [3, 2, 1, 2.5],
      [
        [1, 1],
        [0.75, 0.75],
      ],
    ],
    [
      "halves a step as long as the second worst point",
      2,
      [3, 2, 1, 2],
      [
        [1, 1],
        [0.75, 0.75],
      ],
    ],
    [
      "turns back from a step that is worse than all",
      2,
      [3, 2, 1, 5],
      [
        [1, 1],
        [0.25, 0.25],
      ],
    ],
    [
      "turns back from a step as bad as the worst",
      2,
      [3, 2, 1, 3],
      [
        [1, 1],
        [0.25, 0.25],
      ],
    ],
    [
      "keeps a point that turning back found",
      2,
      [3, 2, 1, 5, 2.9],
      [
        [1, 1],
        [0.25, 0.25],
        [0.75, 0.75],
      ],
    ],
    [
      "shrinks to the best point",
      2,
      [3, 2, 1, 5, 4],
      [
        [1, 1],
        [0.25, 0.25],
        [0.5, 0.5],
      ],
    ],
    [
      "shrinks every other point",
      2,
      [3, 2, 1, 5, 4, 9],
      [
        [1, 1],
        [0.25, 0.25],
        [0.5, 0.5],
        [0, 0.5],
      ],
    ],
    ["steps less far with more coordinates", 4, [5, 4, 3, 2, 1, 0], [line(0.5), line(0.625)]],
    ["contracts less with more coordinates", 4, [5, 4, 3, 2, 1, 4.5], [line(0.5), line(0.40625)]],
    ["turns back less far with more coordinates", 4, [5, 4, 3, 2, 1, 6], [line(0.5), line(0.09375)]],
  ])("%s", (_, n, values, points) => {
    expect(visited(n, values)).toEqual(points);
  });

  it("ends once the simplex is as narrow as the tolerance", () => {
    const bowl = ([x]: readonly number[]): number => (x! - 5) ** 2;
    expect(minimise(bowl, [0], { step: [-2], tolerance: 1 }).evaluations).toBe(2);
    expect(minimise(bowl, [0], { step: [-2], tolerance: 0.99 }).evaluations).toBeGreaterThan(2);
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
