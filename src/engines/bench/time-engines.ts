import { setTimeout as sleep } from "node:timers/promises";
import { rowsOf } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { EngineTimes, CallKind, TimedCall, CallSizes } from "../auto/table.ts";
import { callKinds } from "../auto/table.ts";
import { autoChoice, loadEngines } from "../registry.ts";
import type { Ops, Table } from "../ops.ts";
import { BenchOperands, spreadLists } from "./operands.ts";
import { settling, timeCalls } from "./timing.ts";

/** Shapes of each kind of call. */
export type Grid = Readonly<Record<CallKind, readonly CallSizes[]>>;

/** Shapes far enough apart that the fastest engine may differ between neighbours. */
const fullGrid: Grid = {
  attend: [1, 8, 64].flatMap((queries) =>
    [2 ** 12, 2 ** 16, 2 ** 20].map((rows): CallSizes => [queries, rows, 128]),
  ),
  causal: [
    [2 ** 9, 2 ** 9, 128],
    [2 ** 12, 2 ** 12, 128],
  ],
  listed: [
    [1, 2 ** 11, 128],
    [1, 2 ** 16, 128],
    [64, 2 ** 11, 128],
  ],
  scores: [
    [1, 2 ** 16, 128],
    [1, 2 ** 20, 128],
    [64, 2 ** 16, 128],
  ],
  reluScores: [
    [64, 2 ** 16, 128],
    [64, 2 ** 20, 128],
  ],
  blockMean: [
    [2 ** 16, 128, 64],
    [2 ** 20, 128, 64],
  ],
  topK: [
    [1, 2 ** 16, 2 ** 11],
    [1, 2 ** 20, 2 ** 11],
    [64, 2 ** 16, 2 ** 11],
  ],
};

const table = (tensor: Tensor): Table => ({ tensor, kind: "kv", rowBytes: 4 * tensor.shape[1]! });

/** Any scale that keeps the softmax from overflowing. */
const scale = 0.1;

/** Makes a call of each kind at given sizes. */
const callsOf: Readonly<
  Record<CallKind, (sizes: CallSizes, operands: BenchOperands) => (ops: Ops) => unknown>
> = {
  attend: (sizes, operands) => attend(sizes, operands, (rows) => rows),
  causal: (sizes, operands) => attend(sizes, operands, (_, query) => query + 1),
  listed([count, listed, width], operands) {
    const rows = operands.size / width;
    const { queries, keys, values } = tensors(operands, count, rows, width);
    const visible = new Int32Array(count).fill(rows);
    const options = { visible, scale, rows: spreadLists(count, rows, listed) };
    return (ops) => ops.attend(queries, keys, values, options);
  },
  scores([count, rows, width], operands) {
    const { queries, keys } = tensors(operands, count, rows, width);
    return (ops) => ops.scores(queries, keys);
  },
  reluScores([heads, rows, width], operands) {
    const { queries, keys } = tensors(operands, heads, rows, width);
    const weights = new Float32Array(heads).fill(1);
    return (ops) => ops.reluScores(queries, weights, keys);
  },
  blockMean([rows, width, block], operands) {
    const keys = operands.keys({ rows, width });
    return (ops) => ops.blockMean(keys, block, block);
  },
  topK([count, rows, k], operands) {
    const scores = operands.keys({ rows: count, width: rows });
    const visible = new Int32Array(count).fill(rows);
    return (ops) => ops.topK(scores, k, visible);
  },
};

function attend(
  [count, rows, width]: CallSizes,
  operands: BenchOperands,
  visibleOf: (rows: number, query: number) => number,
): (ops: Ops) => unknown {
  const { queries, keys, values } = tensors(operands, count, rows, width);
  const options = { visible: Int32Array.from({ length: count }, (_, i) => visibleOf(rows, i)), scale };
  return (ops) => ops.attend(queries, keys, values, options);
}

function tensors(
  operands: BenchOperands,
  count: number,
  rows: number,
  width: number,
): { queries: Tensor; keys: Table; values: Table } {
  const values = operands.values({ rows: Math.max(rows, count), width });
  return {
    queries: rowsOf(values, 0, count),
    keys: table(operands.keys({ rows, width })),
    values: table(rowsOf(values, 0, rows)),
  };
}

export interface TimeEnginesOptions {
  readonly threads: number;
  /** seconds of a measurement */
  readonly seconds: number;
  readonly grid?: Grid;
  /** numbers of K, and of V */
  readonly size?: number;
  /** called after each measurement, with the number of all measurements */
  readonly onStep?: (of: number) => void;
}

/** Times calls of many shapes on every engine that `auto` chooses from here. */
export async function timeEngines(options: TimeEnginesOptions): Promise<EngineTimes> {
  const { threads, seconds, grid = fullGrid, size = 2 ** 27, onStep } = options;
  const { here } = await autoChoice({ threads });
  const { engines, memory } = await loadEngines(Object.keys(here.engines), { threads });
  try {
    const shapes = callKinds.flatMap((kind) => grid[kind].map((sizes) => ({ kind, sizes })));
    const operands = new BenchOperands(memory, size);
    const table: TimedCall[] = [];
    for (const { kind, sizes } of shapes) {
      const call = callsOf[kind](sizes, operands);
      const ms: Record<string, number> = {};
      for (const ops of engines) {
        await sleep(settling);
        const times = timeCalls(() => operands.space.scoped(() => void call(ops)), { seconds, warmUp: true });
        ms[ops.name] = Number(Math.min(...times).toPrecision(3)); // a disturbance makes a call slower, never faster
        onStep?.(shapes.length * engines.length);
      }
      table.push({ kind, sizes, ms });
    }
    return { ...here, table };
  } finally {
    memory.close();
  }
}
