import { packedDtypes, packedRowBytes } from "../../core/packed.ts";
import { isPacked } from "../../core/tensor.ts";
import type { Rows } from "../../core/tensor.ts";
import { rowsShape } from "../matrix.ts";
import type { WasmSpace } from "./space.ts";

/** Numbers that kernels decode at a time: room for a row is a multiple of them. */
const decodeStep = 16;

/** Constants before a decoded row, `CONSTANTS` in assembly/fused.ts. */
const constantBytes = 80;

/** Bytes of room for constants and so many decoded rows, one after another. */
export const roomFor = (rows: number, width: number): number =>
  constantBytes + 4 * (rows * width + decodeStep);

/** Address of the description of rows as kernels read it, `Table` in assembly/table.ts. */
export function placeTable(space: WasmSpace, rows: Rows): number {
  const { width } = rowsShape(rows);
  const description = isPacked(rows)
    ? [
        space.placeBytes(rows.codes),
        packedRowBytes[rows.dtype](width),
        width,
        1 + packedDtypes.indexOf(rows.dtype),
      ]
    : [space.place(rows), 4 * width, width, 0];
  return space.copyIn(Int32Array.from(description));
}
