/**
 * Times of the kernels on this machine: `npx tsx bench/kernels.ts [--json] [--engine wasm] [--threads 2] [name ...]`.
 * Every result is checked against float64 before it is timed; what is wrong is not timed.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { RowLists, Tensor } from "../src/core/tensor.ts";
import { flat, rowsOf } from "../src/core/tensor.ts";
import { defaultEngine, loadEngine } from "../src/kernels/engines.ts";
import type { AttendOptions, Ops, Space, Table } from "../src/kernels/ops.ts";
import { referenceEngine } from "../src/kernels/reference.ts";
import { normalError, outputError, sumError } from "../src/kernels/tolerance.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    engine: { type: "string", default: defaultEngine },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});

interface Benchmark {
  readonly name: string;
  /** bytes that the kernel has to move, and floating-point operations */
  readonly bytes: number;
  readonly flops: number;
  /** one call; temporary results are given back by the caller */
  run(): unknown;
  /** @throws Error when the result is not that of float64 */
  check(): void;
}

interface Timing {
  readonly name: string;
  readonly engine: string;
  readonly threads: number;
  /** median and fastest of the calls */
  readonly ms: number;
  readonly fastestMs: number;
  readonly gbPerSecond: number;
  readonly gflops: number;
  /** of the read bandwidth measured in the same run */
  readonly bandwidthShare: number;
}

const tokens = 2 ** 20;
const width = 128;
const scale = 1 / Math.sqrt(width);
const rowBytes = 4 * width;

const reference = referenceEngine();
const ops = await loadEngine(flags.engine, { threads: Number(flags.threads) });
const space = ops.space("benchmark");
const keys = filled(space, tokens, 1);
const values = filled(space, tokens, 2);
const queries = filled(space, 64, 3);

function filled(where: Space, rows: number, stream: number): Tensor {
  const t = where.empty(rows, width);
  ops.fillNormal(t, [stream, 0]);
  return t;
}

const table = (tensor: Tensor): Table => ({ tensor, kind: "kv", rowBytes });

/** Rows spread over the whole cache, as an indexer selects them. */
function spread(count: number): RowLists {
  const step = tokens / count;
  const rows = Int32Array.from({ length: count }, (_, i) => i * step + ((i * 7919) % step));
  return { offsets: Int32Array.of(0, count), rows };
}

function attention(name: string, count: number, n: number, rows?: RowLists): Benchmark {
  const some = rowsOf(queries, 0, count);
  const [k, v] = [table(rowsOf(keys, 0, n)), table(rowsOf(values, 0, n))];
  const options: AttendOptions = { visible: new Int32Array(count).fill(n), scale, ...(rows && { rows }) };
  const read = rows ? rows.rows.length : n;
  return {
    name,
    bytes: 2 * read * rowBytes,
    flops: 4 * count * read * width,
    run: () => ops.attend(some, k, v, options),
    check() {
      const checked = rowsOf(queries, 0, Math.min(count, 2)); // float64 takes a second per query
      const got = flat(ops.attend(some, k, v, options).output).subarray(0, checked.size);
      const expected = reference.attend(checked, k, v, options);
      const scoreError = scale * sumError(width, 2 * width);
      expectClose(got, flat(expected.output), outputError({ scoreError, rows: read }, 6));
    },
  };
}

function blockMean(): Benchmark {
  return {
    name: `block-mean-${tokens}x${width}`,
    bytes: tokens * rowBytes,
    flops: tokens * width,
    run: () => ops.blockMean(keys, 64, 64),
    check() {
      const some = rowsOf(keys, 0, 6400);
      expectClose(
        flat(ops.blockMean(some, 64, 64)),
        flat(reference.blockMean(some, 64, 64)),
        sumError(64, 6),
      );
    },
  };
}

function topK(k: number): Benchmark {
  const scores = ops.scores(rowsOf(queries, 0, 1), table(keys));
  const visible = Int32Array.of(tokens);
  return {
    name: `top-${k}-of-${tokens}`,
    bytes: 4 * tokens,
    flops: 0,
    run: () => ops.topK(scores, k, visible),
    check: () => expectClose(ops.topK(scores, k, visible).rows, reference.topK(scores, k, visible).rows, 0),
  };
}

function normals(): Benchmark {
  const some = new Uint32Array(2000).map((_, i) => (i % 2 === 0 ? i * 500 : 0));
  return {
    name: `normals-${tokens * width}`,
    bytes: tokens * rowBytes,
    flops: 0,
    run: () => ops.fillNormal(keys, [1, 0]),
    check() {
      const expected = reference.space("").empty(some.length / 2, width);
      reference.fillNormal(expected, [1, 0], some);
      for (let i = 0; i < some.length / 2; i++)
        expectClose(
          flat(rowsOf(keys, some[2 * i]!, some[2 * i]! + 1)),
          flat(rowsOf(expected, i, i + 1)),
          normalError(),
        );
    },
  };
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, error: number): void {
  if (got.length !== expected.length)
    throw new Error(`got ${got.length} numbers, expected ${expected.length}`);
  for (let i = 0; i < got.length; i++)
    if (!(Math.abs(got[i]! - expected[i]!) <= error))
      throw new Error(`number ${i} is ${got[i]}, expected ${expected[i]} within ${error}`);
}

/** Milliseconds of each call, until two seconds or 100 calls are over; the first is not counted. */
function time(run: () => unknown): number[] {
  const call = (): number => {
    const start = performance.now();
    space.scoped(run);
    return performance.now() - start;
  };
  call();
  const times: number[] = [];
  for (let total = 0; times.length < 5 || (times.length < 100 && total < 2000); total += times.at(-1)!)
    times.push(call());
  return times.sort((a, b) => a - b);
}

/** Bytes per second at which the engine reads a cache from memory: minima and maxima of one large page after another. */
function streamBandwidth(engine: Ops): number {
  const [fastest] = time(() => engine.pageMinMax(values, 4096));
  return (tokens * rowBytes) / (fastest! / 1000);
}

const benchmarks: readonly Benchmark[] = [
  attention(`decode-q1-${tokens}x${width}`, 1, tokens),
  attention(`decode-q8-${tokens}x${width}`, 8, tokens),
  attention(`decode-q64-65536x${width}`, 64, 65536),
  blockMean(),
  attention(`gather-2048x${width}`, 1, tokens, spread(2048)),
  topK(2048),
  normals(),
];

const bandwidth = streamBandwidth(ops);
if (!flags.json)
  console.log(`engine ${ops.name}, ${ops.threads} threads, reads ${(bandwidth / 1e9).toFixed(1)} GB/s`);
const timings = benchmarks
  .filter(({ name }) => positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted)))
  .map(({ name, bytes, flops, run, check }): Timing => {
    space.scoped(check);
    const times = time(run);
    const ms = times[times.length >> 1]!;
    const timing = {
      name,
      engine: ops.name,
      threads: ops.threads,
      ms,
      fastestMs: times[0]!,
      gbPerSecond: bytes / ms / 1e6,
      gflops: flops / ms / 1e6,
      bandwidthShare: bytes / (ms / 1000) / bandwidth,
    };
    if (!flags.json) console.log(line(timing));
    return timing;
  });
if (flags.json) console.log(JSON.stringify({ bandwidth, timings }, null, 2));
ops.close();

function line({ name, ms, gbPerSecond, gflops, bandwidthShare }: Timing): string {
  const share = `${(100 * bandwidthShare).toFixed(0)}%`;
  return `${name.padEnd(26)} ${ms.toFixed(3).padStart(9)} ms ${gbPerSecond.toFixed(1).padStart(7)} GB/s ${gflops.toFixed(1).padStart(7)} GF/s ${share.padStart(5)} of the bandwidth`;
}
