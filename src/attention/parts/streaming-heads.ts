import { attentionFlops, keyValueBytes } from "../../core/cost.ts";
import type { StepCost, StepShape } from "../../core/cost.ts";
import { int, real } from "../../core/params.ts";
import type { AttentionResult } from "../read.ts";
import type { AttendArguments } from "../variant.ts";
import { perHead } from "./per-head.ts";
import { softmaxRead } from "./softmax-read.ts";
import { sinkAndWindow } from "./spans.ts";

// Shared by variants of which some kv heads read everything, and the others (streaming heads) both ends.

export interface StreamingParams {
  readonly full: number;
  readonly sinks: number;
  readonly window: number;
}

export const streamingParams = {
  full: real("share of the kv heads that read everything, rounded to whole heads", {
    default: 0.5,
    min: 0,
    max: 1,
    sweep: [0, 0.25, 0.5, 0.75, 1],
  }),
  sinks: int("first tokens that the other heads read", { default: 128, min: 0 }),
  window: int("last tokens that the other heads read, the query's own included", {
    default: 256,
    min: 1,
    sweep: [256, 512, 1024, 2048],
  }),
};

/** Attends with heads of which some stream. @param isFull whether kv head h reads everything */
export const attendStreaming = (
  { queries, cache, ops }: Pick<AttendArguments, "queries" | "cache" | "ops">,
  isFull: (h: number) => boolean,
  { sinks, window }: Pick<StreamingParams, "sinks" | "window">,
): AttentionResult =>
  perHead(queries, cache, (read, _head, h) =>
    softmaxRead(isFull(h) ? read : { ...read, spans: sinkAndWindow(read.visible, sinks, window) }, ops),
  );

/** Cost of a step of which a share of the heads reads everything. */
export function streamingCost(shape: StepShape, { full, sinks, window }: StreamingParams): StepCost {
  const { tokens, kvHeads, queryHeads } = shape;
  const whole = Math.round(full * kvHeads);
  // rows of all heads together
  const read = whole * tokens + (kvHeads - whole) * Math.min(sinks + window, tokens);
  const bytes = keyValueBytes(shape, read) / kvHeads;
  return {
    flops: attentionFlops(shape, read) / kvHeads,
    exponentials: (read * queryHeads) / kvHeads,
    keptBytes: bytes,
    indexKeptBytes: 0,
    kvReadBytes: bytes,
    indexReadBytes: 0,
  };
}
