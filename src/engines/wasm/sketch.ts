import { rowsOf } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import { matrix, rowsShape, sameWidth } from "../matrix.ts";
import { carried } from "../ops.ts";
import type { SketchPart } from "../ops.ts";
import type { WasmSpace } from "./space.ts";
import { placeTable, roomFor } from "./table.ts";

const rowsPerChunk = 512;

/** Access to tensors wherever they lie. */
interface Where {
  /** space in which a tensor is worked on */
  readonly spaceOf: (t: Rows) => WasmSpace;
  /** works on a tensor in place, or on a copy that is then copied back */
  readonly inPlace: (t: Tensor, work: (space: WasmSpace, address: number) => void) => void;
}

export function sketch(where: Where, parts: readonly SketchPart[], out: Tensor): void {
  const { rows: n, width: dim } = matrix(out);
  const perPass = Math.max(4, Math.floor(carried / dim));
  for (let first = 0; first < n; first += perPass) {
    const end = Math.min(n, first + perPass);
    const some = parts.map((part) => ({ ...part, rows: rowsOf(part.rows, first, end) }));
    addParts(where, some, rowsOf(out, first, end));
  }
}

/** Adds part after part, each in its own space, then writes the sums out. @param sums of the parts before */
function addParts(
  where: Where,
  [part, ...others]: readonly SketchPart[],
  out: Tensor,
  sums?: Float32Array,
): void {
  const [n, dim] = out.shape as [number, number];
  const size = 4 * Math.ceil(n / 4) * dim;
  const job = { items: Math.ceil(n / rowsPerChunk), scratch: 0 };
  if (part === undefined) {
    where.inPlace(out, (space, address) => {
      const own = space.copyIn(sums ?? new Float32Array(size));
      const args = [rowsPerChunk, own, n, dim, address];
      space.run({ kernel: "sketchRows", args, work: n * dim, ...job });
    });
    return;
  }
  const { rows, outputs, factors } = part;
  const { width } = rowsShape(rows);
  sameWidth("outputs", outputs.length, width);
  const space = where.spaceOf(rows);
  space.scoped(() => {
    const own = sums ? space.copyIn(sums) : space.allocate(4 * size);
    const places = [placeTable(space, rows), n, space.copyIn(outputs), space.copyIn(factors)];
    const args = [rowsPerChunk, ...places, own, dim, sums ? 0 : 1];
    space.run({
      kernel: "sketch",
      args,
      work: n * width,
      ...job,
      scratch: 4 * roomFor(1, width),
    });
    addParts(where, others, out, space.floats(own, size));
  });
}
