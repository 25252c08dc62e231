import { attentionFlops, keyValueBytes } from "../../core/cost.ts";
import type { StepCost, StepShape } from "../../core/cost.ts";

/** Cost of a softmax over the K and V of `read` tokens, of `kept` in the cache; no index. */
export const costOfTokens = (shape: StepShape, read: number, kept: number): StepCost => ({
  flops: attentionFlops(shape, read),
  exponentials: read * shape.queryHeads,
  keptBytes: keyValueBytes(shape, kept),
  indexKeptBytes: 0,
  kvReadBytes: keyValueBytes(shape, read),
  indexReadBytes: 0,
});

/** Cost of dense attention. */
export const denseCost = (shape: StepShape): StepCost => costOfTokens(shape, shape.tokens, shape.tokens);
