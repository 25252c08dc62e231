import { attendTensors } from "../../attention/attend-tensors.ts";
import type { AttendedTensors } from "../../attention/attend-tensors.ts";
import type { Phase } from "../../attention/cache.ts";
import { denseIn } from "../../attention/phase.ts";
import type { AttentionSpec } from "../../attention/spec.ts";

/** Losses of one query head by a variant: means over its queries, beside dense attention. */
export interface HeadLoss {
  readonly layer: number;
  readonly head: number;
  readonly kvHead: number;
  /** attention variant spec */
  readonly variant: string;
  readonly phase: Phase;
  /** whether the variant attends densely in this phase */
  readonly denseInPhase: boolean;
  readonly tokensRead: number;
  /** share of dense attention's weight on the tokens that were read */
  readonly denseMass: number;
  /** share that was read of the `topKeys` keys of largest dense weight */
  readonly recall: number;
  /** share that was read of the tokens that hold what queries ask for; null where none is known */
  readonly factRecall: number | null;
  /** |output - dense output| / |dense output|; null if the dense output is 0 and the output is not */
  readonly error: number | null;
}

/** Keys of largest dense weight whose recall is measured: a choice, as many as a small page or a short answer has. */
export const topKeys = 16;

/**
 * Variants at one budget: a quarter of the tokens, and 64 at least. Blocks are of 64 tokens, or smaller, so that four of
 * them or more are read.
 */
export function defaultVariants(tokens: number): string[] {
  const budget = Math.max(64, Math.ceil(tokens / 4));
  const block = Math.min(64, 2 ** Math.floor(Math.log2(budget / 4)));
  return [
    `quest(budget=${budget})`,
    `snapkv(budget=${budget},window=${Math.min(64, Math.floor(budget / 2))})`,
    `moba(block=${block},k=${Math.round(budget / block)})`,
    `dsa(k=${budget})`,
    `sink-window(sinks=4,window=${budget - 4})`,
    `oracle(k=${budget})`,
  ];
}

/** Losses of every query head of a layer by a variant. */
export function lossesOf(
  layer: number,
  spec: AttentionSpec,
  given: Omit<AttendedTensors, "spec" | "compare">,
): HeadLoss[] {
  const { heads, phase } = attendTensors({ ...given, spec, compare: true, topKeys });
  return heads.map(({ head, kvHead, tokensRead, denseMass, recall, factRecall, error }) => ({
    layer,
    head,
    kvHead,
    variant: spec.text,
    phase,
    denseInPhase: denseIn(spec.variant, phase),
    tokensRead,
    denseMass: denseMass!,
    recall: recall!,
    factRecall: factRecall ?? null,
    error: error ?? null,
  }));
}
