import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int, real } from "../../../core/params.ts";
import { dot, flat, rowNumbers, rowsOf } from "../../../core/tensor.ts";
import { readsEnds } from "../../mean-field/reads.ts";
import { gated } from "../../parts/mixtures.ts";
import { perHead } from "../../parts/per-head.ts";
import { unitsBefore } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import { WeighedResult } from "../../parts/weighed-rows.ts";
import type { WeighedRows } from "../../parts/weighed-rows.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Infini-attention: softmax attention within a segment, and an associative memory of all earlier segments, mixed by a
 * gate.
 *
 * Munkhdalai, Faruqui and Gopal 2024, arXiv 2404.07143. Defaults: segments of 2048. Used in prefill as well.
 */
export const infini = defineVariant({
  name: "infini",
  family: "memory",
  summary: "attention within a segment and a compressive memory of those before (Infini-attention)",
  formula: [
    "M = sum over tokens before the segment of sigma(k) v^T, z = sum of sigma(k), sigma = ELU + 1",
    "o = gate sigma(q) M / (sigma(q) . z) + (1 - gate) attention(own segment); state (d, d + 1) for each kv head",
  ].join("\n"),
  sources: [
    {
      title: "Leave No Context Behind: Efficient Infinite Context Transformers with Infini-attention",
      url: "https://arxiv.org/abs/2404.07143",
      where: "section 2.1",
    },
  ],
  differs: [
    "The gate is a parameter; the source learns a scalar for each head.",
    "The memory is updated by addition (the source's linear update), not by its delta rule.",
  ],
  params: {
    segment: int("tokens of a segment", { default: 2048, min: 1, sweep: [512, 1024, 2048, 4096, 8192] }),
    gate: real("share of the output from the memory", {
      default: 0.5,
      min: 0,
      max: 1,
      sweep: [0, 0.25, 0.5, 0.75],
    }),
  },
  prefill: "same",
  budgetParam: "segment",
  small: { segment: 32 },
  refuses: { placement: "beside its state it keeps the last segment, which is read whole" },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { segment, gate }) =>
    perHead(queries, cache, (read) => {
      const starts = unitsBefore(read.visible, segment).map((segments) => segments * segment);
      const own = softmaxRead(
        {
          ...read,
          spans: new Spans(read.visible.length, (i, add) => add(starts[i]!, read.visible[i]!)),
        },
        ops,
      );
      const memory = new WeighedResult(
        Array.from(starts, (start, i) => (gate === 0 ? nothing : recalled(read, i, start))),
        read.values,
      );
      return gated([
        { gate, result: memory },
        { gate: 1 - gate, result: own },
      ]);
    }),
  cost(shape, { segment }) {
    const { tokens, queryHeads, kvHeads, headDim, bytesPerElement } = shape;
    const own = tokens - Math.floor((tokens - 1) / segment) * segment;
    const state = headDim * (headDim + 1);
    return {
      flops: attentionFlops(shape, own) + (2 * queryHeads + 2 * kvHeads) * state,
      exponentials: own * queryHeads + (queryHeads + kvHeads) * headDim,
      keptBytes: keyValueBytes(shape, own),
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, own),
      indexReadBytes: 0,
      stateBytes: kvHeads * state * bytesPerElement,
    };
  },
  denseAt: ({ tokens }) => ({ segment: tokens }),
  meanField(crowd, { segment, gate }) {
    const before = Math.floor((crowd.tokens - 1) / segment) * segment;
    const own = { ...readsEnds(crowd, 0, crowd.tokens - before), gate: before > 0 ? 1 - gate : 1 };
    if (before === 0 || gate === 0) return [own];
    const { fidelity: rho } = crowd;
    const match = alike(rho) / alike(0);
    return [
      own,
      {
        kind: "fixed",
        weights: (found) =>
          found.map(({ distance }) => (distance >= crowd.tokens - before ? (gate * match) / before : 0)),
        noise: gate / Math.sqrt(before),
        reach: crowd.tokens,
      },
    ];
  },
});

const nothing: WeighedRows = { rows: [], weights: [] };

/** E[sigma(x) sigma(y)] of standard normal x and y of correlation r, by their Hermite series: means of derivatives. */
const alike = (r: number): number => 1.1605 ** 2 + 0.7616 ** 2 * r + (0.2616 ** 2 / 2) * r * r;

const feature = (x: number): number => (x > 0 ? x + 1 : Math.exp(x));

/** The weights of query row i on the tokens [0, end) that the memory holds. */
function recalled({ queries, keys }: Read, i: number, end: number): WeighedRows {
  const query = Float64Array.from(flat(rowsOf(queries, i, i + 1)), feature);
  const weights = new Float64Array(end);
  let sum = 0;
  for (let t = 0; t < end; t++)
    sum += weights[t] = dot(query, Float64Array.from(rowNumbers(keys.tensor, t), feature));
  return { rows: Int32Array.from({ length: end }, (_, t) => t), weights: weights.map((w) => w / sum) };
}
