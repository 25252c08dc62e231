import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { upperQuantile } from "../../../core/normal.ts";
import { int, real } from "../../../core/params.ts";
import { hash64 } from "../../../core/random.ts";
import { dot, flat, norm, rowNumbers, rowsOf, zeros } from "../../../core/tensor.ts";
import type { Tensor } from "../../../core/tensor.ts";
import type { Ops } from "../../../engines/ops.ts";
import type { HeadCache } from "../../cache.ts";
import { randomCount, sumOverRandom } from "../../mean-field/crowd.ts";
import { withLast } from "../../mean-field/reads.ts";
import type { Share, SoftmaxRead } from "../../mean-field/reads.ts";
import { tellRow } from "../../parts/choices.ts";
import { perHead } from "../../parts/per-head.ts";
import { softmaxWeights } from "../../parts/softmax-weights.ts";
import { WeighedResult } from "../../parts/weighed-rows.ts";
import type { WeighedRows } from "../../parts/weighed-rows.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/** Hash codes of a head's centred keys. */
interface Hashes {
  /** (d) mean of the keys that can be sampled, which is subtracted from keys before they are hashed */
  readonly centre: Float64Array;
  /** (N) lengths of the centred keys */
  readonly norms: Float64Array;
  /** for each table its hyperplanes, (K, d) */
  readonly planes: readonly Tensor[];
  /** for each table a code of K bits for each key: (N) */
  readonly codes: readonly Uint16Array[];
}

/** Probability that a pair with collision probability p per bit meets in at least two of L tables of K bits. */
function samplingProbability(p: number, bits: number, tables: number): number {
  const table = p ** bits;
  return 1 - (1 - table) ** tables - tables * table * (1 - table) ** (tables - 1);
}

/**
 * MagicPIG: keys are sampled by locality-sensitive hashing, each with a known probability. The softmax is an
 * importance-weighted estimate of the softmax over all keys; that of a top-k set would be biased.
 *
 * Chen et al. 2024, arXiv 2410.16179; code Infini-AI-Lab/MagicPIG. Defaults: K 10 bits, L 150 tables, sampled when at
 * least two tables agree, keys centred by the mean of those that can be sampled; the first 4 and last 64 tokens are
 * always read. It is a decoding method: the prompt is read densely, as in the source.
 */
export const magicpig = defineVariant({
  name: "magicpig",
  family: "dynamic",
  summary: "keys sampled by hashing, weighed by the inverse of their probability (MagicPIG)",
  formula: [
    "S = keys that meet q in at least 2 of L tables of K sign bits of (k - mean k), and the first and last tokens",
    "u_i = 1 - (1 - c^K)^L - L c^K (1 - c^K)^(L-1), c = 1 - angle(q, k_i - mean k) / pi",
    "o = sum_(i in S) p_i v_i, p = softmax over S of (z_i - ln(u_i + guard)), of z_i for the first and last",
  ].join("\n"),
  sources: [
    {
      title: "MagicPIG: LSH Sampling for Efficient LLM Generation",
      url: "https://arxiv.org/abs/2410.16179",
      where: "sections 4 and 5",
    },
    {
      title: "Infini-AI-Lab/MagicPIG",
      url: "https://github.com/Infini-AI-Lab/MagicPIG",
      where: "evaluations/RULER/pred/cache_ref.py; models/attnserver.py",
    },
  ],
  differs: [
    "The last tokens move on with the query; the source always reads the last ones of the prompt and all that it generated.",
    "Every layer samples; the source's layers 0, 16, 32, 48 and 64 are dense.",
  ],
  params: {
    bits: int("bits of a table's code, K", { default: 10, min: 1, max: 16, sweep: [6, 8, 10, 12] }),
    tables: int("tables, L", { default: 150, min: 1, max: 65536, sweep: [50, 100, 150, 300] }),
    sinks: int("first tokens that are always read", { default: 4, min: 0 }),
    window: int("last tokens that are always read, the query's own included", { default: 64, min: 1 }),
    guard: real("added to a key's probability before its logarithm, as in the code; the paper has 0", {
      default: 1e-4,
      min: 0,
      max: 1,
    }),
  },
  prefill: "dense",
  budgetParam: "tables",
  small: { bits: 3, tables: 6, window: 10 },
  adaptive:
    "the cost of random keys: a table reads N / 2^K keys, and a key is sampled with the probability of a right angle",
  prepare: ({ heads, contextEnd, seed }, { bits, tables, sinks, window }, ops) =>
    heads.map((head, h) =>
      hashKeys(
        head,
        { from: sinks, to: contextEnd + 1 - window, seed: `${seed}/magicpig/${h}`, bits, tables },
        ops,
      ),
    ),
  attend: ({ queries, cache, index: hashes, ops }, params) =>
    perHead(queries, cache, (read, { space }, h) =>
      space.scoped(
        () =>
          new WeighedResult(
            Array.from(read.visible, (_, i) => sampled(read, i, { ...params, ...hashes[h]!, head: h }, ops)),
            read.values,
          ),
      ),
    ),
  cost(shape, { bits, tables, sinks, window }) {
    const { tokens, kvHeads, queryHeads, headDim } = shape;
    const fixed = Math.min(tokens, sinks + window);
    const read = fixed + (tokens - fixed) * samplingProbability(0.5, bits, tables);
    // an id of 4 bytes in each table for each key
    const idBytes = 4 * tables * kvHeads;
    return {
      flops: 2 * bits * tables * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: tokens * idBytes,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: (tokens * idBytes) / 2 ** bits,
    };
  },
  memory: ({ tokens, kvHeads, headDim }, { bits, tables }) => ({
    // codes of 16 bits and planes of each table; lengths in float64
    kept: kvHeads * (tables * (2 * tokens + 4 * bits * headDim) + 8 * tokens),
    scores: 4 * bits * tokens,
  }),
  denseAt: ({ tokens }) => ({ window: tokens }),
  meanField(crowd, { bits, tables, sinks, window }) {
    const { tokens, headDim, sharpness: g, fidelity: rho, coherence: c } = crowd;
    const chance = (cosine: number): number =>
      samplingProbability(1 - Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI, bits, tables);
    const shareAt = (similarity: number): Share => ({
      match: chance(rho * similarity),
      members: chance(Math.sqrt(c) * similarity),
    });
    const keys = (randomCount(crowd) * Math.max(0, tokens - window)) / tokens;
    // over random keys, in equal steps of a score up to the largest expected
    let [rows, squares] = [0, 0];
    const step = 1 / 16;
    for (let z = -5; z <= upperQuantile(Math.min(0.5, 0.5 / keys)); z += step) {
      const each = (keys * step * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
      const odds = chance(z / Math.sqrt(headDim));
      rows += each * odds;
      squares += (each * Math.exp(2 * g * z)) / odds;
    }
    const sampled: SoftmaxRead = {
      kind: "softmax",
      gate: 1,
      ...shareAt(1),
      like: crowd.like.map(({ similarity }) => shareAt(similarity)),
      ...(sinks > 0 && { first: true }),
      weighed: true,
      rows,
      squares,
      leak: sumOverRandom(crowd, keys, 1),
      random: [{ keys, read: (z) => chance(z / Math.sqrt(headDim)) }],
    };
    return [withLast(crowd, sampled, Math.min(tokens, window))];
  },
});

interface Hashing {
  /** the centre is the mean of the context's keys [from, to); 0 if there are none */
  readonly from: number;
  readonly to: number;
  readonly seed: string;
  readonly bits: number;
  readonly tables: number;
}

/** Hashes the keys of a head. */
function hashKeys({ space, keys }: HeadCache, { from, to, seed, bits, tables }: Hashing, ops: Ops): Hashes {
  const [count, width] = keys.tensor.shape;
  const centre = new Float64Array(width);
  for (let t = from; t < to; t++) {
    const key = rowNumbers(keys.tensor, t);
    for (let c = 0; c < width; c++) centre[c]! += key[c]! / (to - from);
  }
  const norms = Float64Array.from({ length: count }, (_, t) =>
    norm(rowNumbers(keys.tensor, t).map((x, c) => x - centre[c]!)),
  );
  const planes = Array.from({ length: tables }, (_, l) => {
    const own = zeros(bits, width);
    ops.fillNormal(own, hash64(`${seed}/${l}`));
    return own;
  });
  const codes = planes.map((own) => {
    const offsets = products(own, centre);
    const code = new Uint16Array(count);
    space.scoped(() => {
      const sides = flat(ops.scores(own, { ...keys, rowBytes: 0 }));
      for (let b = 0; b < bits; b++)
        for (let t = 0; t < count; t++) if (sides[b * count + t]! > offsets[b]!) code[t]! |= 1 << b;
    });
    return code;
  });
  return { centre, norms, planes, codes };
}

/** (rows) products of the rows with a vector. */
const products = (rows: Tensor, vector: ArrayLike<number>): number[] =>
  Array.from({ length: rows.shape[0]! }, (_, i) => dot(flat(rowsOf(rows, i, i + 1)), vector));

interface SamplingParams {
  readonly bits: number;
  readonly tables: number;
  readonly sinks: number;
  readonly window: number;
  readonly guard: number;
  /** kv head */
  readonly head: number;
}

/** Rows that query row i reads, and their weights. */
function sampled(
  { queries, keys, visible, scale, sinkLogit }: Read,
  i: number,
  { centre, norms, planes, codes, bits, tables, sinks, window, guard, head }: Hashes & SamplingParams,
  ops: Ops,
): WeighedRows {
  const end = visible[i]!;
  const query = flat(rowsOf(queries, i, i + 1));
  const meetings = new Uint16Array(end);
  for (const [l, code] of codes.entries()) {
    const own = products(planes[l]!, query).reduce((all, side, b) => (side > 0 ? all | (1 << b) : all), 0);
    for (let t = 0; t < end; t++) if (code[t] === own) meetings[t]!++;
  }
  const isFixed = (t: number): boolean => t < sinks || t >= end - window;
  const rows = Int32Array.from({ length: end }, (_, t) => t).filter((t) => isFixed(t) || meetings[t]! >= 2);
  tellRow(ops, i, () => meetings, { unit: 1, head, taken: rows.length });
  const scores = ops.scoresAt(rowsOf(queries, i, i + 1), keys, {
    offsets: Int32Array.of(0, rows.length),
    rows,
  });
  const [length, shift] = [norm(query), dot(query, centre)];
  const logits = Float64Array.from(rows, (t, at) => {
    if (isFixed(t)) return scale * scores[at]!;
    const cosine = (scores[at]! - shift) / (length * norms[t]! || 1);
    const near = 1 - Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI;
    return scale * scores[at]! - Math.log(samplingProbability(near, bits, tables) + guard);
  });
  return { rows, weights: softmaxWeights(logits, sinkLogit) };
}
