import { dot, flat, norm, rowsOf, tensor, unit } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { sameWidth, unpacked } from "../matrix.ts";
import type { Table } from "../ops.ts";
import { eluFeature, forgets, forgotten, forgottenEvery } from "../state.ts";
import type { KeyFeature, StateOptions, StateRead } from "../state.ts";

const featureOf: Readonly<Record<KeyFeature, (key: ArrayLike<number>) => Float64Array>> = {
  unit,
  elu: (key) => Float64Array.from(key, eluFeature),
};

export function readState(
  queries: Tensor,
  keys: Table,
  values: Table,
  { first, visible, feature, recurrence }: StateOptions,
): StateRead {
  const [k, v] = [unpacked(keys.tensor), unpacked(values.tensor)];
  sameWidth("queries", queries.shape[1]!, k.width);
  const keyAt = (t: number): Float64Array =>
    featureOf[feature](k.data.subarray(t * k.width, (t + 1) * k.width));
  const { decay, strength, replaces } = recurrence;
  const fades = forgets(recurrence);
  const output = new Float64Array(visible.length * v.width);
  const weights = Array.from(visible, (end, i) => {
    const r = Float64Array.from(flat(rowsOf(queries, i, i + 1)));
    const found: number[] = [];
    for (let t = end - 1; t >= first[i]!; t--) {
      const key = keyAt(t);
      const product = dot(key, r);
      found.push(strength * product);
      if (replaces) for (let c = 0; c < r.length; c++) r[c]! -= strength * product * key[c]!;
      if (fades) for (let c = 0; c < r.length; c++) r[c]! *= decay[c]!;
      if (fades && t % forgottenEvery === 0 && norm(r) < forgotten) break;
    }
    return Float64Array.from(found).reverse();
  });
  weights.forEach((own, i) =>
    own.forEach((weight, at) => {
      const t = visible[i]! - own.length + at;
      for (let c = 0; c < v.width; c++) output[i * v.width + c]! += weight * v.data[t * v.width + c]!;
    }),
  );
  return { output: tensor(output, [visible.length, v.width]), weights };
}
