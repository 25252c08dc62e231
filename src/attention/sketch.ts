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
  readonly #width: number;
  /** (D) which output each input is added to */
  readonly #outputs: Int32Array;
  /** (D) with which sign */
  readonly #signs: Float64Array;

  /** @param width numbers in each of the `parts` whose concatenation is projected: D = parts width */
  constructor(parts: number, width: number, dim: number, random: Random) {
    this.dim = dim;
    this.#width = width;
    const places = random.shuffled(Array.from({ length: parts * width }, (_, place) => place));
    this.#outputs = Int32Array.from(places, (place) => place % dim);
    this.#signs = Float64Array.from(places, () => (random.word() & 1 ? 1 : -1));
  }

  /** Adds the projection of part `part` of each row to `out`. rows (n, width), out (n, dim) */
  add(part: number, rows: Tensor, out: Tensor): void {
    const width = this.#width;
    const outputs = this.#outputs.subarray(part * width, (part + 1) * width);
    const signs = this.#signs.subarray(part * width, (part + 1) * width);
    const [from, to] = [flat(rows), flat(out)];
    const n = rows.shape[0]!;
    for (let i = 0, x = 0, y = 0; i < n; i++, x += width, y += this.dim)
      for (let c = 0; c < width; c++) to[y + outputs[c]!]! += signs[c]! * from[x + c]!;
  }
}
