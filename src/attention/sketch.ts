import type { Random } from "../core/random.ts";
import { flat } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";

/**
 * A fixed random projection of D numbers to `dim`, drawn once: the inputs are shuffled, dealt evenly to the outputs
 * and given random signs, and an output is the sum of its inputs. Inner products are kept in expectation; that of
 * two vectors with independent normal coordinates has a standard deviation of sqrt(1/dim - 1/D) in units of |x||y|,
 * slightly less than the sqrt(1/dim) of a dense Gaussian projection (it is exact at dim = D), at D additions a vector.
 *
 * Count sketch, Charikar, Chen and Farach-Colton 2002, https://doi.org/10.1007/3-540-45465-9_59; sparse
 * Johnson-Lindenstrauss transforms, Kane and Nelson 2014, arXiv 1012.1577.
 */
export class Sketch {
  readonly dim: number;
  /** per part, the inputs of each output: those of output j are at [starts[j], starts[j + 1]) */
  readonly #parts: readonly { starts: Int32Array; inputs: Int32Array; signs: Float64Array }[];

  /** @param width numbers in each of the `parts` whose concatenation is projected: D = parts width */
  constructor(parts: number, width: number, dim: number, random: Random) {
    this.dim = dim;
    const inputs = random.shuffled(Array.from({ length: parts * width }, (_, c) => c));
    const signs = inputs.map(() => (random.word() & 1 ? 1 : -1));
    const output = inputs.map((_, place) => place % dim);
    this.#parts = Array.from({ length: parts }, (_, part) => {
      const places = inputs
        .map((input, place) => ({ input: input - part * width, place }))
        .filter(({ input }) => input >= 0 && input < width)
        .sort((a, b) => output[a.place]! - output[b.place]! || a.input - b.input);
      const starts = new Int32Array(dim + 1);
      for (const { place } of places) starts[output[place]! + 1]!++;
      for (let j = 0; j < dim; j++) starts[j + 1]! += starts[j]!;
      return {
        starts,
        inputs: Int32Array.from(places, ({ input }) => input),
        signs: Float64Array.from(places, ({ place }) => signs[place]!),
      };
    });
  }

  /** Adds the projection of part `part` of each row to `out`. rows (n, width), out (n, dim) */
  add(part: number, rows: Tensor, out: Tensor): void {
    const { starts, inputs, signs } = this.#parts[part]!;
    const [from, to] = [flat(rows), flat(out)];
    const [n, width] = rows.shape as [number, number];
    for (let i = 0; i < n; i++) {
      const [x, y] = [i * width, i * this.dim];
      for (let j = 0; j < this.dim; j++) {
        let sum = to[y + j]!;
        for (let at = starts[j]!; at < starts[j + 1]!; at++) sum += signs[at]! * from[x + inputs[at]!]!;
        to[y + j] = sum;
      }
    }
  }
}
