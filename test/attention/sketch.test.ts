import { describe, expect, it } from "vitest";
import { Sketch } from "../../src/attention/parts/sketch.ts";
import { hash64, Random } from "../../src/core/random.ts";
import { zeros } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";

const ops = referenceEngine();

const normal = (name: string, rows: number, width: number): Tensor => {
  const out = zeros(rows, width);
  ops.fillNormal(out, hash64(name));
  return out;
};

const inner = (a: Tensor, b: Tensor, i: number): number => {
  let sum = 0;
  for (let c = 0; c < a.shape[1]!; c++) sum += a.get(i, c) * b.get(i, c);
  return sum;
};

/** Inner products of rows before and after projection, in units of the rows' squared norm. */
function errors(parts: number, width: number, dim: number, rows: number): number[] {
  const sketch = new Sketch(parts, width, dim, new Random("sketch"));
  const [a, b] = [zeros(rows, dim), zeros(rows, dim)];
  const exact = new Array<number>(rows).fill(0);
  const drawn = (name: string): Tensor[] =>
    Array.from({ length: parts }, (_, part) => normal(`${name}${part}`, rows, width));
  const [x, y] = [drawn("x"), drawn("y")];
  sketch.project(x, a, ops);
  sketch.project(y, b, ops);
  for (let part = 0; part < parts; part++)
    for (let i = 0; i < rows; i++) exact[i]! += inner(x[part]!, y[part]!, i);
  return exact.map((value, i) => (inner(a, b, i) - value) / (parts * width));
}

describe("Sketch", () => {
  it.each([
    [4, 128, 128],
    [4, 32, 16],
    [1, 60, 7],
  ])("keeps inner products of %i x %i numbers in %i to sqrt(1/dim - 1/D)", (parts, width, dim) => {
    const all = errors(parts, width, dim, 2000);
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    const deviation = Math.sqrt(all.reduce((sum, e) => sum + (e - mean) ** 2, 0) / all.length);
    const expected = Math.sqrt(1 / dim - 1 / (parts * width));
    expect(Math.abs(mean)).toBeLessThan((4 * expected) / Math.sqrt(2000));
    expect(deviation / expected).toBeGreaterThan(0.93);
    expect(deviation / expected).toBeLessThan(1.07);
  });

  it("is exact where nothing is lost", () => {
    for (const dim of [64, 100])
      for (const e of errors(4, 16, dim, 20)) expect(Math.abs(e)).toBeLessThan(1e-5);
  });

  it("is another projection for another seed", () => {
    const x = normal("x", 1, 64);
    const [a, b] = [zeros(1, 8), zeros(1, 8)];
    new Sketch(1, 64, 8, new Random("a")).project([x], a, ops);
    new Sketch(1, 64, 8, new Random("b")).project([x], b, ops);
    expect(a.data).not.toEqual(b.data);
  });
});
