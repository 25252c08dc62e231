import type { Rows, Tensor } from "../../core/tensor.ts";
import { unpacked } from "../matrix.ts";
import { zeros64 } from "./heap.ts";

export function blockMean(rows: Rows, block: number, stride: number): Tensor {
  const { data, rows: n, width } = unpacked(rows);
  const blocks = Math.ceil(n / stride);
  const result = zeros64(blocks, width);
  for (let b = 0; b < blocks; b++) {
    const start = b * stride;
    const end = Math.min(start + block, n);
    for (let c = 0; c < width; c++) {
      let sum = 0;
      for (let r = start; r < end; r++) sum += data[r * width + c]!;
      result.set(b, c, sum / (end - start));
    }
  }
  return result;
}

export function pageMinMax(rows: Rows, page: number): Tensor {
  const { data, rows: n, width } = unpacked(rows);
  const pages = Math.ceil(n / page);
  const result = zeros64(pages, 2 * width);
  for (let p = 0; p < pages; p++)
    for (let c = 0; c < width; c++) {
      let [min, max] = [Infinity, -Infinity];
      for (let r = p * page; r < Math.min((p + 1) * page, n); r++) {
        min = Math.min(min, data[r * width + c]!);
        max = Math.max(max, data[r * width + c]!);
      }
      result.set(p, c, min);
      result.set(p, width + c, max);
    }
  return result;
}
