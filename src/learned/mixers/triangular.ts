import type { Tensor } from "@tensorflow/tfjs-core";
import type { Autograd } from "../autograd.ts";

/**
 * Inverses of I + A, where only entries below the diagonal of A (batch, heads, n, n) are read. Forward substitution in
 * float64: a product of powers of A would lose all digits where many keys are alike.
 */
export function invertUnitLower(tf: Autograd, a: Tensor): Tensor {
  const below = tf.customGrad((x, save) => {
    const given = x as Tensor;
    const value = tf.tensor(inverses(given), given.shape);
    (save as (tensors: Tensor[]) => void)([value]);
    return {
      value,
      // d(M^-1) = -M^-1 dM M^-1
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const left = tf.matMul(saved[0]!, dy, true, false);
        return tf.neg(tf.matMul(left, saved[0]!, false, true));
      },
    };
  });
  return below(a);
}

function inverses(a: Tensor): Float32Array {
  const n = a.shape.at(-1)!;
  const numbers = a.dataSync();
  const out = new Float32Array(numbers.length);
  const row = new Float64Array(n);
  const inverse = new Float64Array(n * n);
  for (let start = 0; start < numbers.length; start += n * n) {
    for (let i = 0; i < n; i++) {
      row.fill(0);
      row[i] = 1;
      for (let j = 0; j < i; j++) {
        const factor = numbers[start + i * n + j]!;
        if (factor !== 0) for (let c = 0; c <= j; c++) row[c]! -= factor * inverse[j * n + c]!;
      }
      inverse.set(row, i * n);
    }
    out.set(inverse, start);
  }
  return out;
}
