import { packedRowBytes } from "../../core/packed.ts";
import type { PackedDtype } from "../../core/packed.ts";
import { isPacked } from "../../core/tensor.ts";
import type { Rows } from "../../core/tensor.ts";
import { rowsShape } from "../matrix.ts";
import {
  constantBytes,
  decodedNumbers,
  dtypeBf16,
  dtypeF32,
  dtypeFp8,
  dtypeNvfp4,
  tableBytes,
  tableDtype,
  tableRows,
  tableStride,
  tableWidth,
} from "./abi.ts";
import type { WasmSpace } from "./space.ts";

/** Bytes of room for constants and `rows` decoded rows, one after another. */
export const roomFor = (rows: number, width: number): number =>
  constantBytes + 4 * (rows * width + decodedNumbers);

const packedCodes: Readonly<Record<PackedDtype, number>> = {
  bf16: dtypeBf16,
  fp8: dtypeFp8,
  nvfp4: dtypeNvfp4,
};

/** Address of the description of rows that kernels read, `Table` in assembly/table.ts. */
export function placeTable(space: WasmSpace, rows: Rows): number {
  const { width } = rowsShape(rows);
  const words = new Int32Array(tableBytes / 4);
  words[tableRows / 4] = isPacked(rows) ? space.placeBytes(rows.codes) : space.place(rows);
  words[tableStride / 4] = isPacked(rows) ? packedRowBytes[rows.dtype](width) : 4 * width;
  words[tableWidth / 4] = width;
  words[tableDtype / 4] = isPacked(rows) ? packedCodes[rows.dtype] : dtypeF32;
  return space.copyIn(words);
}
