import { sequence } from "../kernels/operator-time.ts";
import type { AttentionLayer, FeedForwardLayer } from "./layer.ts";
import { recordRates } from "./parts.ts";

/** A layer without attention: its feed-forward alone (Nemotron-H, Nemotron-NAS). */
export interface NoAttention {
  readonly kind: "none";
}

const nothing = sequence("none", []);

const layer: AttentionLayer = {
  queryHeads: 0,
  kvHeads: 0,
  outputHeads: 0,
  outputWidth: 0,
  reachesAll: false,
  absent: true,
  matrices: () => [],
  shape: (tokens) => ({ tokens, queryHeads: 0, kvHeads: 0, headDim: 0, bytesPerElement: 0 }),
  rowBytes: () => 0,
  splitCache: () => layer,
  searching: () => layer,
  time: () => nothing,
  rates: (rank, phase) => recordRates(rank, phase, rank.tp),
};

/** Nothing to multiply, to keep or to read. */
export const noAttentionLayer = (): AttentionLayer => layer;

/** A layer without feed-forward: its attention alone (Nemotron-H). */
export const noFeedForwardLayer = (): FeedForwardLayer => ({
  experts: 0,
  activeShare: 0,
  absent: true,
  always: () => [],
  routed: () => [],
  time: () => nothing,
});
