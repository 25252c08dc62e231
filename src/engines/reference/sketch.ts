import { flat } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { sameWidth, unpacked } from "../matrix.ts";
import type { SketchPart } from "../ops.ts";

export function sketch(parts: readonly SketchPart[], out: Tensor): void {
  const to = flat(out).fill(0);
  const dim = out.shape[1]!;
  for (const { rows, outputs, factors } of parts) {
    const { data, rows: n, width } = unpacked(rows);
    sameWidth("outputs", outputs.length, width);
    for (let i = 0; i < n; i++)
      for (let c = 0; c < width; c++) to[i * dim + outputs[c]!]! += factors[c]! * data[i * width + c]!;
  }
}
