import { zeros } from "../core/tensor.ts";
import type { Ops, Space } from "./ops.ts";
import type { Tf } from "./tfjs/api.ts";
import { attend, softmax } from "./tfjs/attention.ts";
import { blockMean, pageMinMax } from "./tfjs/blocks.ts";
import { boundScores, reluScores, scores, scoresAt, topK } from "./tfjs/index-scores.ts";
import { loadTf } from "./tfjs/load.ts";
import type { Context } from "./tfjs/operands.ts";
import { defaultLimits } from "./tfjs/operands.ts";
import { wasmEngine } from "./wasm/engine.ts";

export { tfjsStatus } from "./tfjs/load.ts";
export type { TfjsStatus } from "./tfjs/load.ts";

/**
 * Attention on TensorFlow (@tensorflow/tfjs-node) over the memory of a wasm engine, which makes the data.
 * TensorFlow takes its threads once per process, and `threads` says how many it took.
 *
 * @throws whatever loading it throws where tfjs-node is not usable: ask `tfjsStatus` before
 */
export function tfjsEngine({ threads }: { threads: number }): Ops {
  const { tf, threads: taken } = loadTf({ threads });
  return tfjsOver(tf, wasmEngine({ threads }), taken);
}

/** The kernels of `tf` on tensors in the memory of another engine. */
export function tfjsOver(tf: Tf, memory: Ops, threads: number, limits = defaultLimits): Ops {
  const spaces = new WeakMap<ArrayBufferLike, Space>();
  const context: Context = {
    tf,
    limits,
    empty: (like, rows, width) => spaces.get(like.data.buffer)?.empty(rows, width) ?? zeros(rows, width),
  };

  /** Remembers whose memory its tensors lie in. */
  const remembered = (space: Space): Space => ({
    empty(...shape) {
      const taken = space.empty(...shape);
      spaces.set(taken.data.buffer, space);
      return taken;
    },
    scoped: (work) => space.scoped(work),
    clear: () => space.clear(),
  });

  return {
    name: "tfjs",
    threads,
    space: (label) => remembered(memory.space(label)),
    fillNormal: (out, key, ids) => memory.fillNormal(out, key, ids),
    blendRows: (out, ...rest) => memory.blendRows(out, ...rest),
    round: (rows, dtype) => memory.round(rows, dtype),
    attend: (queries, keys, values, options) => attend(context, queries, keys, values, options),
    scores: (queries, table) => scores(context, queries, table),
    scoresAt: (queries, table, rows) => scoresAt(context, queries, table, rows),
    reluScores: (queries, weights, table) => reluScores(context, queries, weights, table),
    boundScores: (queries, bounds) => boundScores(context, queries, bounds),
    softmax: (of, visible, scale) => softmax(context, of, visible, scale),
    topK: (of, k, visible) => topK(context, of, k, visible),
    blockMean: (rows, block, stride) => blockMean(context, rows, block, stride),
    pageMinMax: (rows, page) => pageMinMax(context, rows, page),
    close: () => memory.close(),
  };
}
