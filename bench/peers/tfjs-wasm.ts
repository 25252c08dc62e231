/**
 * TensorFlow.js on its WebAssembly backend, which has one thread in Node. Answers the questions of peer.ts with the
 * plain graph of each workload.
 */
import { createInterface } from "node:readline";
import type { Tensor as TfTensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Tensor } from "../../src/core/tensor.ts";
import { flat } from "../../src/core/tensor.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { differenceOf } from "../../src/engines/bench/agreement.ts";
import { callOf } from "../../src/engines/bench/calls.ts";
import { attendOptions, BenchOperands, rowListOf } from "../../src/engines/bench/operands.ts";
import { timeCalls } from "../../src/engines/bench/timing.ts";
import type { KernelWorkload } from "../../src/engines/bench/workloads.ts";
import type { Answer, Greeting, Question } from "./peer.ts";

const say = (message: Answer | Greeting): void => console.log(JSON.stringify(message));

const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split("\n")[0]!;

const tf = await import("@tensorflow/tfjs-core")
  .then(async (core) => {
    await import("@tensorflow/tfjs-backend-wasm");
    await core.setBackend("wasm");
    return core;
  })
  .catch((error: unknown) => {
    say({ absent: firstLine(error) });
    process.exit();
  });

/** Beyond 4 GiB its tensors overwrite each other without a word; operations make copies. */
const mostBytes = 1.2e9;

/** Bytes of K, V and three matrices of scores. */
const bytesOf = ({ kind, queries, rows, width }: KernelWorkload): number =>
  4 * (2 * rows * width + (kind === "decode" || kind === "prefill" ? 3 * queries * rows : 0));

const memory = await loadEngine("wasm", { threads: 1 });
let operands: BenchOperands | undefined;

/** K and V that are large enough for a workload. */
function operandsFor({ rows, width }: KernelWorkload): BenchOperands {
  const size = Math.max(128, rows * width);
  if (operands === undefined || operands.size < size) {
    operands?.space.clear();
    operands = new BenchOperands(memory, size);
  }
  return operands;
}

const matrix = (t: Tensor): Tensor2D => tf.tensor2d(flat(t) as Float32Array, t.shape as [number, number]);

/** Makes the tensors of a workload, and returns the function that computes its result. */
function graphOf(workload: KernelWorkload, given: BenchOperands): () => TfTensor {
  const { kind, rows, width, take } = workload;
  switch (kind) {
    case "decode":
    case "prefill":
    case "gather":
      return attention(workload, given);
    case "gemm": {
      const [queries, keys] = [matrix(given.queries(workload)), matrix(given.keys(workload))];
      return () => tf.matMul(queries, keys, false, true);
    }
    case "block-mean": {
      const blocks = tf.reshape(matrix(given.keys(workload)), [rows / take, take, width]);
      return () => tf.mean(blocks, 1);
    }
    case "top": {
      const scores = matrix(given.scores(workload));
      return () => tf.topk(scores, take).indices;
    }
    case "normals":
      return () => tf.randomNormal([rows * width]);
  }
}

function attention(workload: KernelWorkload, given: BenchOperands): () => TfTensor {
  const { rows } = workload;
  const queries = tf.mul(matrix(given.queries(workload)), attendOptions(workload).scale);
  const [keys, values] = [matrix(given.keys(workload)), matrix(given.values(workload))];
  const listed = rowListOf(workload)?.rows;
  if (listed) {
    const index = tf.tensor1d(listed, "int32");
    return () => {
      const scores = tf.matMul<TfTensor>(queries, tf.gather(keys, index), false, true);
      return tf.matMul(tf.softmax(scores), tf.gather(values, index));
    };
  }
  if (workload.kind === "decode")
    return () => tf.matMul(tf.softmax(tf.matMul<TfTensor>(queries, keys, false, true)), values);
  const positions = tf.range(0, rows, 1, "int32");
  const later = tf.greater(tf.reshape(positions, [1, rows]), tf.reshape(positions, [rows, 1]));
  const mask = tf.mul(tf.cast(later, "float32"), -1e30);
  return () => {
    const scores = tf.add(tf.matMul(queries, keys, false, true), mask);
    return tf.matMul(tf.softmax<TfTensor>(scores), values);
  };
}

/** Checks normal numbers of another generator: distances of mean and variance from 0 and 1. */
function moments(numbers: ArrayLike<number>): Answer {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < numbers.length; i++) {
    sum += numbers[i]!;
    squares += numbers[i]! ** 2;
  }
  const [mean, variance] = [sum / numbers.length, squares / numbers.length];
  const difference = Math.max(Math.abs(mean), Math.abs(variance - 1));
  return { difference, largest: 1, tolerance: 6 * Math.sqrt(2 / numbers.length) }; // six standard errors
}

function check(workload: KernelWorkload, given: BenchOperands, graph: () => TfTensor): Answer {
  const result = tf.tidy(graph).dataSync();
  if (workload.kind === "normals") return moments(result);
  const { sample, expected } = callOf(workload, given);
  return differenceOf(sample(workload.kind === "top" ? result.toSorted() : result), expected);
}

function answer({ workload, effort }: Question): Answer {
  if (bytesOf(workload) > mostBytes) return {};
  const given = operandsFor(workload);
  return given.space.scoped(() => {
    tf.engine().startScope();
    try {
      const graph = graphOf(workload, given);
      if (effort === undefined) return check(workload, given, graph);
      return { times: timeCalls(() => tf.dispose(tf.tidy(graph)), effort) };
    } finally {
      tf.engine().endScope();
    }
  });
}

say({ version: tf.version_core, threads: 1 });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(answer(JSON.parse(line) as Question));
  } catch (error) {
    say({ failed: firstLine(error) });
  }
}
memory.close();
