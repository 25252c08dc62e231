import { engineMemory } from "../attention/engine-memory.ts";
import { denseIn } from "../attention/phase.ts";
import type { KvDtype } from "../core/dtype.ts";
import { packedRowBytes } from "../core/packed.ts";
import { parseGeometry } from "../reader/geometry/geometry.ts";
import { batchQuestions } from "../reader/numerics/record-circuits.ts";
import { parseTask } from "../tasks/spec.ts";
import { settle } from "./settle.ts";
import type { NumericTrial } from "./trial.ts";

/** Bytes of program, workers and engine before a problem is made (measured: a run at 1K tokens). */
const baseBytes = 340e6;

/** Bytes of text, token offsets, records and their codes for each token (measured from 32K to 512K tokens). */
const problemBytes = 150;

/** Bytes beside them for each token where keys follow the text: its tokens and their contexts (measured). */
const streamBytes = 800;

/** Distinct runs of tokens for each token of a text, each of which has a code (measured). */
const contextShare = 0.4;

/** Queries that a step asks, where the task does not say: a hop of Graphwalks asks up to 50. */
const usualQueries = 32;

/** Bytes that a row of K or V takes, with those of a number. */
function rowBytesOf(dtype: KvDtype, headDim: number, numberBytes: number): number {
  switch (dtype) {
    case "f32":
      return numberBytes * headDim;
    case "kivi2":
      // one copy for the prompt, and one rounded to two bits for decoding
      return 2 * numberBytes * headDim;
    default:
      return packedRowBytes[dtype](headDim);
  }
}

/** Peak memory in bytes of a trial in a process of one worker: the program, the problem, K and V, and the variant. */
function trialBytes(trial: NumericTrial): number {
  const { spec, reader } = settle(trial);
  const { task, params } = parseTask(trial.task);
  const { tokens } = trial;
  const { kvHeads, groupSize, headDim, kvDtype, geometry } = reader;
  const { queries, phase } = task.asks?.(params) ?? { queries: usualQueries, phase: "decode" };
  const asked = Math.min(queries, tokens, phase === "decode" ? batchQuestions : Infinity);
  const shape = { tokens, queryHeads: kvHeads * groupSize, kvHeads, headDim, bytesPerElement: 1, asked };
  // reference holds float64 numbers on the heap, where heads use scratch one after another; the others give each head a space
  const [numberBytes, spaces] = trial.engine === "reference" ? [8, 1] : [4, kvHeads];
  const { kept, scores, scratch } = denseIn(spec.variant, phase)
    ? { kept: 0, scores: 0, scratch: 0 }
    : engineMemory(spec, shape);
  const codes = parseGeometry(geometry).text
    ? streamBytes + contextShare * kvHeads * headDim * numberBytes
    : 0;
  return (
    baseBytes +
    tokens * (2 * kvHeads * rowBytesOf(kvDtype, headDim, numberBytes) + problemBytes + codes) +
    (numberBytes / 4) * (kept + spaces * scores + scratch)
  );
}

/** Peak memory in bytes of a group of trials that share a problem: that of the largest. */
export const estimateBytes = (trials: readonly NumericTrial[]): number => Math.max(...trials.map(trialBytes));
