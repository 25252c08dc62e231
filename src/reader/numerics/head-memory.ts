import { storageOf } from "../../attention/kv-dtype.ts";
import { emptyPacked, packedRowsOf } from "../../core/packed.ts";
import { isPacked, rowsOf } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Workspace } from "./workspace.ts";

/** Rows [from, to) of a longer tensor. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Ids that make `fillNormal` draw rows [from, to) of a longer tensor; undefined from the first row on. */
export function rowIds({ from, to }: RowRange): Uint32Array | undefined {
  if (from === 0) return undefined;
  const ids = new Uint32Array(2 * (to - from));
  for (let i = from; i < to; i++) ids[2 * (i - from)] = i;
  return ids;
}

/** Rows drawn in float32 at a time before they are packed: 4 MiB at d = 128. */
const packedAtOnce = 8192;

/** Memory of K and V of one kv head, as the cache stores them until the prompt has been read. */
export class HeadMemory {
  /** (N, d) */
  readonly keys: Rows;
  readonly values: Rows;
  readonly #workspace: Pick<Workspace, "ops" | "spaces" | "params">;
  readonly #head: number;

  constructor(workspace: Pick<Workspace, "ops" | "spaces" | "params" | "tokens">, head: number) {
    const { params, spaces, tokens } = workspace;
    const { row } = storageOf(params.kvDtype);
    const space = spaces[head]!;
    const empty = (): Rows =>
      row === "f32" ? space.empty(tokens, params.headDim) : emptyPacked(space, row, tokens, params.headDim);
    this.#workspace = workspace;
    this.#head = head;
    this.keys = empty();
    this.values = empty();
  }

  /** Makes rows in float32: in place, or a part at a time where rows are packed. */
  store(rows: Rows, { from, to }: RowRange, make: (part: Tensor, range: RowRange) => void): void {
    if (!isPacked(rows)) {
      make(rowsOf(rows, from, to), { from, to });
      return;
    }
    const { ops, spaces, params } = this.#workspace;
    const space = spaces[this.#head]!;
    for (let start = from; start < to; start += packedAtOnce) {
      const stop = Math.min(to, start + packedAtOnce);
      space.scoped(() => {
        const part = space.empty(stop - start, params.headDim);
        make(part, { from: start, to: stop });
        ops.pack(part, packedRowsOf(rows, start, stop));
      });
    }
  }
}
