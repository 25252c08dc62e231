import type { Tensor } from "../../core/tensor.ts";
import { flat, rowsOf, tensor } from "../../core/tensor.ts";
import type { Ops, Table } from "../ops.ts";
import { referenceEngine } from "../reference/engine.ts";
import type { BenchOperands } from "./operands.ts";
import { attendOptions, keyStream } from "./operands.ts";
import type { KernelWorkload } from "./workloads.ts";

/** A workload on its operands. */
export interface WorkloadCall {
  /** Makes one call. Its result may lie in the operands' space, which the caller gives back. */
  run(ops: Ops): ArrayLike<number>;
  /** Numbers of a result that are checked. */
  sample(result: ArrayLike<number>): ArrayLike<number>;
  /** These numbers in float64. */
  readonly expected: ArrayLike<number>;
  /** Overwrites the result of an earlier call, so that a check sees the result of this one. */
  spoil?(): void;
}

const reference = referenceEngine();

const table = (of: Tensor): Table => ({ tensor: of, kind: "kv", rowBytes: 4 * of.shape[1]! });

/** Makes the operands of this workload alone, and its float64 result. That takes up to two seconds. */
export function callOf(workload: KernelWorkload, operands: BenchOperands): WorkloadCall {
  const { kind, rows, width, take } = workload;
  const keys = operands.keys(workload);
  switch (kind) {
    case "decode":
    case "prefill":
    case "gather":
      return attention(workload, operands);
    case "gemm": {
      const queries = operands.queries(workload);
      return {
        run: (ops) => flat(ops.scores(queries, table(keys))),
        sample: (result) => range(result, 0, rows),
        expected: flat(reference.scores(rowsOf(queries, 0, 1), table(keys))),
      };
    }
    case "block-mean":
      return {
        run: (ops) => flat(ops.blockMean(keys, take, take)),
        sample: (result) => result,
        expected: flat(reference.blockMean(keys, take, take)),
      };
    case "top": {
      const [scores, visible] = [operands.scores(workload), Int32Array.of(rows)];
      return {
        run: (ops) => ops.topK(scores, take, visible).rows,
        sample: (result) => result,
        expected: reference.topK(scores, take, visible).rows,
      };
    }
    case "normals": {
      const ids = Uint32Array.from({ length: 2 * Math.min(rows, 500) }, (_, i) =>
        i % 2 === 0 ? (i / 2) * Math.max(1, Math.floor(rows / 500)) : 0,
      );
      const truth = tensor(new Float64Array((ids.length / 2) * width), [ids.length / 2, width]);
      reference.fillNormal(truth, keyStream, ids);
      const sampled = (numbers: ArrayLike<number>): Float64Array =>
        Float64Array.from({ length: truth.size }, (_, i) => {
          const row = ids[2 * Math.floor(i / width)]!;
          return numbers[row * width + (i % width)]!;
        });
      return {
        run(ops) {
          ops.fillNormal(keys, keyStream);
          return flat(keys);
        },
        sample: sampled,
        expected: flat(truth),
        spoil: () => ids.forEach((row, i) => i % 2 === 0 && flat(rowsOf(keys, row, row + 1)).fill(NaN)),
      };
    }
  }
}

/** Queries whose output is checked: the first, the middle one of a prefill, the last. */
const checkedQueries = ({ kind, queries }: KernelWorkload): number[] => [
  ...new Set([0, ...(kind === "prefill" ? [Math.floor(queries / 2)] : []), queries - 1]),
];

function attention(workload: KernelWorkload, operands: BenchOperands): WorkloadCall {
  const { width } = workload;
  const queries = operands.queries(workload);
  const [keys, values] = [table(operands.keys(workload)), table(operands.values(workload))];
  const options = attendOptions(workload);
  const checked = checkedQueries(workload);
  const some = tensor(Float32Array.from(checked.flatMap((i) => [...flat(rowsOf(queries, i, i + 1))])), [
    checked.length,
    width,
  ]);
  const visible = Int32Array.from(checked, (i) => options.visible[i]!);
  return {
    run: (ops) => flat(ops.attend(queries, keys, values, options).output),
    sample: (result) => checked.flatMap((i) => [...range(result, i * width, width)]),
    expected: flat(reference.attend(some, keys, values, { ...options, visible }).output),
  };
}

const range = (numbers: ArrayLike<number>, first: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => numbers[first + i]!);
