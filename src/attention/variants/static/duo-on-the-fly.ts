import { int } from "../../../core/params.ts";
import { dot, rowNumbers } from "../../../core/tensor.ts";
import type { KeyValueCache } from "../../cache.ts";
import { beforeTurn } from "../../parts/rotary.ts";
import { softmaxWeights } from "../../parts/softmax-weights.ts";
import { attendStreaming, streamingCost, streamingParams } from "../../parts/streaming-heads.ts";
import { defineVariant } from "../../variant.ts";

/** Positions over which the mean key is repeated. */
const repeated = 500;

type Channels = Float32Array | Float64Array;

/** (d) the mean of rows. */
function meanOf(rows: readonly Channels[]): Float64Array {
  const mean = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let c = 0; c < mean.length; c++) mean[c]! += row[c]! / rows.length;
  return mean;
}

/**
 * (heads) how far back each kv head looks by position alone, from 0 to 1: the mean over 500 positions of the cumulated
 * weights that the head's mean query, at the last of them, gives to its mean key at each.
 */
function reachOfHeads(cache: KeyValueCache, observe: number): Float64Array {
  const { heads, group, positions, scale } = cache.observed(observe, false, "even");
  const { rotary } = cache;
  const unturned = (row: Channels, position: number): Channels =>
    rotary ? beforeTurn(row, rotary, position) : row;
  const turned = (row: Channels, position: number): Channels => unturned(row, -position);
  return Float64Array.from(cache.heads, ({ keys }, h) => {
    const places = Array.from(positions);
    const key = meanOf(places.map((t) => unturned(rowNumbers(keys.tensor, t), t)));
    const meanKeys = Array.from({ length: repeated }, (_, t) => turned(key, t));
    let area = 0;
    for (let g = 0; g < group; g++) {
      const rows = places.map((t, i) => unturned(rowNumbers(heads[h]!, i * group + g), t));
      const query = turned(meanOf(rows), repeated - 1);
      const weights = softmaxWeights(meanKeys.map((own) => scale * dot(query, own)));
      // a weight counts at its own position and at all after it
      area += weights.reduce((sum, weight, t) => sum + (weight * (repeated - t)) / repeated, 0) / group;
    }
    return area;
  });
}

/**
 * DuoAttention whose heads are chosen on the fly: those whose mean query and mean key look farthest back read
 * everything, the others the first tokens and a window.
 *
 * kvpress, DuoAttentionPress with on_the_fly_scoring, which marks it as experimental; DuoAttention is Xiao et al. 2024,
 * arXiv 2410.10819. Defaults: 128 sinks, 256 recent tokens. The prompt itself is read densely, as in kvpress.
 */
export const duoOnTheFly = defineVariant({
  name: "duo-on-the-fly",
  family: "static",
  summary: "DuoAttention whose full heads are those that look far back by position alone (kvpress)",
  formula: [
    `reach(h) = mean over t < ${repeated} of the cumulated softmax of mean(q) at ${repeated - 1} . mean(k) at t, means before their turns`,
    "the full x Hkv heads of largest reach: p = softmax over [0, position]",
    "the others: S = [0, sinks) and (position - window, position]; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/duo_attention_press.py, duo_attention_on_the_fly, at 8bb29b9",
    },
    {
      title: "DuoAttention: Efficient Long-Context LLM Inference with Retrieval and Streaming Heads",
      url: "https://arxiv.org/abs/2410.10819",
      where: "section 2",
    },
  ],
  differs: [
    "Means are of `observe` queries and keys of the prompt itself; the source's are of 50 chapters of books, once for a model.",
    "Where keys have no positions every head looks equally far, and the first heads are full.",
    "The heads of one layer compete; those of all layers do in the source.",
  ],
  params: {
    ...streamingParams,
    observe: int("tokens, evenly over the prompt, whose queries and keys are averaged", {
      default: 1024,
      min: 1,
      sweep: [256, 1024],
    }),
  },
  prefill: "dense",
  budgetParam: "window",
  small: { sinks: 3, window: 41, observe: 16 },
  prepare(cache, { full, observe }) {
    const reach = reachOfHeads(cache, observe);
    const ordered = [...reach.keys()].sort((a, b) => reach[b]! - reach[a]! || a - b);
    return new Set(ordered.slice(0, Math.round(full * reach.length)));
  },
  attend: ({ index, ...given }, params) => attendStreaming(given, (h) => index.has(h), params),
  cost: (shape, params) => streamingCost(shape, params),
  denseAt: () => ({ full: 1 }),
  noMeanField: "which heads look far back is drawn for each head, and the mean field knows it of none",
});
