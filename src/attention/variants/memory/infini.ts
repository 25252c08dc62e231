import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int, real } from "../../../core/params.ts";
import { flat, tensor } from "../../../core/tensor.ts";
import type { Ops } from "../../../engines/ops.ts";
import { eluFeature, steadySum } from "../../../engines/state.ts";
import type { StateRead } from "../../../engines/state.ts";
import { readsEnds } from "../../mean-field/reads.ts";
import { gated } from "../../parts/mixtures.ts";
import { perHead } from "../../parts/per-head.ts";
import { WalkedResult } from "../../parts/recurrent.ts";
import { unitsBefore } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
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
      const held = Int32Array.from(starts, (start) => (gate === 0 ? 0 : start));
      const memory = new WalkedResult(recalled(read, held, ops), held);
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

/** E[sigma(x) sigma(y)] of standard normal x and y of correlation r, by their Hermite series: means of derivatives. */
const alike = (r: number): number => 1.1605 ** 2 + 0.7616 ** 2 * r + (0.2616 ** 2 / 2) * r * r;

/** Reads of the memory of the tokens [0, held[i]) by query row i, over the sum of their weights. */
function recalled({ queries, keys, values }: Read, held: Int32Array, ops: Ops): StateRead {
  const { output, weights } = ops.readState(
    tensor(Float64Array.from(flat(queries), eluFeature), queries.shape),
    keys,
    values,
    {
      first: new Int32Array(held.length),
      visible: held,
      feature: "elu",
      recurrence: steadySum(queries.shape[1]!),
    },
  );
  const width = output.shape[1]!;
  const sums = flat(output);
  weights.forEach((own, i) => {
    const sum = own.reduce((a, b) => a + b, 0);
    for (let t = 0; t < own.length; t++) own[t]! /= sum;
    if (sum > 0) for (let c = 0; c < width; c++) sums[i * width + c]! /= sum;
  });
  return { output, weights };
}
