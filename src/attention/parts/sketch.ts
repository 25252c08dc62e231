import type { Random } from "../../core/random.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";

/**
 * A fixed random projection of D numbers to `dim`, drawn once. The inputs are shuffled, dealt evenly to the outputs and
 * given random signs; an output is the sum of its inputs. Inner products are kept in expectation; that of
 * two vectors with independent normal coordinates has a standard deviation of sqrt(1/dim - 1/D) in units of |x||y|,
 * slightly less than the sqrt(1/dim) of a dense Gaussian projection (it is exact at dim = D), at D additions a vector.
 *
 * Count sketch, Charikar, Chen and Farach-Colton 2002, https://doi.org/10.1007/3-540-45465-9_59; sparse
 * Johnson-Lindenstrauss transforms, Kane and Nelson 2014, arXiv 1012.1577.
 */
export class Sketch {
  readonly dim: number;
  readonly #width: number;
  /** (D) output that each input is added to */
  readonly #outputs: Int32Array;
  /** (D) sign of each input */
  readonly #signs: Float32Array;

  /** @param width numbers in each of the `parts`, whose concatenation is projected: D = parts width */
  constructor(parts: number, width: number, dim: number, random: Random) {
    this.dim = dim;
    this.#width = width;
    const places = random.shuffled(Array.from({ length: parts * width }, (_, place) => place));
    this.#outputs = Int32Array.from(places, (place) => place % dim);
    this.#signs = Float32Array.from(places, () => (random.word() & 1 ? 1 : -1));
  }

  /** Writes the projections of rows, given in parts of (n, width), to `out`, (n, dim). */
  project(parts: readonly Rows[], out: Tensor, ops: Ops): void {
    const own = <T extends Int32Array | Float32Array>(all: T, part: number): T =>
      all.subarray(part * this.#width, (part + 1) * this.#width) as T;
    ops.sketch(
      parts.map((rows, part) => ({
        rows,
        outputs: own(this.#outputs, part),
        factors: own(this.#signs, part),
      })),
      out,
    );
  }
}
