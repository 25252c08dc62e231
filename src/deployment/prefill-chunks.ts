import { remember } from "../core/remember.ts";
import { microBatchOf, secondsOf, stagesOf } from "../hardware/pass/micro-batch.ts";
import type { MicroBatch } from "../hardware/pass/micro-batch.ts";
import { pipelineSeconds } from "../hardware/pass/stages.ts";
import type { MicroBatchSeconds } from "../hardware/pass/stages.ts";
import { nodesOf, smoothRow } from "../hardware/serving/chunks.ts";
import { deploymentOf } from "./deployment.ts";
import type { Division } from "./division.ts";

/** Prompts of one length that are computed together and alone. */
export interface Prefilling {
  readonly prompts: number;
  /** tokens to compute of each prompt */
  readonly tokens: number;
  /** tokens of each prompt that the cache already holds */
  readonly cachedTokens: number;
  /** most tokens of all prompts in a pass; by default the one of `chunkSizes` that makes the prefill shortest */
  readonly chunkTokens?: number | undefined;
}

/**
 * Sizes of chunks that a search tries, tokens. With small chunks the last stage of a pipeline starts sooner; with large ones
 * there are fewer passes, and the tokens before a chunk are read less often.
 */
export const chunkSizes = [32_768, 16_384, 8192, 4096, 2048] as const;

/** A division, and the most tokens of all prompts in a pass. */
export interface ChunkedDivision {
  readonly division: Division;
  readonly chunkTokens: number;
}

/** Every size of chunk that may suit a prefill on a division: the largest without stages. */
export function chunkingsOf(
  division: Division,
  { prompts, tokens, chunkTokens }: Prefilling,
): ChunkedDivision[] {
  if (chunkTokens !== undefined) return [{ division, chunkTokens }];
  const [largest] = chunkSizes;
  if (division.parallel.pp === 1) return [{ division, chunkTokens: largest }];
  // of the sizes that hold the prompts whole, the largest stands for all
  return chunkSizes
    .filter((size) => size === largest || size < prompts * tokens)
    .map((size) => ({ division, chunkTokens: size }));
}

/** The passes of a prefill. Each computes a chunk of every prompt. */
export interface PrefillChunks {
  readonly count: number;
  /** layers of each stage */
  readonly stages: readonly number[];
  /** A pass, which is made once. */
  batch(i: number): MicroBatch;
  /** Times of a pass, which are computed once. */
  secondsAt(i: number): MicroBatchSeconds;
}

export function chunksOf(
  { division, chunkTokens }: ChunkedDivision,
  { prompts, tokens, cachedTokens }: Prefilling,
): PrefillChunks {
  const deployment = deploymentOf(division);
  const chunk = Math.max(1, Math.floor(chunkTokens / prompts));
  const stages = stagesOf(deployment);
  const count = Math.ceil(tokens / chunk);
  const batch = remember(count, String, (i: number) =>
    microBatchOf(deployment, [
      {
        phase: "prefill",
        sequences: prompts,
        newTokens: Math.min(chunk, tokens - i * chunk),
        cachedTokens: cachedTokens + i * chunk,
      },
    ]),
  );
  const secondsAt = remember(count, String, (i: number) => secondsOf(batch(i), stages));
  return { count, stages, batch, secondsAt };
}

/** Time of a prefill, from the passes of some of its chunks, s. The fewer `nodes`, the rougher it is. */
export function nearlySeconds({ count, stages, secondsAt }: PrefillChunks, nodes?: number): number {
  const layers = smoothRow(count, (i) => secondsAt(i).layers, nodes);
  const [full, last] = [secondsAt(0), secondsAt(count - 1)];
  return pipelineSeconds(
    layers.map((seconds, i) => ({ ...(i < count - 1 ? full : last), layers: seconds })),
    stages,
  );
}

/**
 * A time that a prefill takes at least, s: each chunk as long as the one of the nodes at or before it, since no chunk is
 * shorter than one with fewer tokens before it, and the last chunk, which may be small, without its layers.
 */
export function leastSeconds({ count, stages, secondsAt }: PrefillChunks, nodes: number): number {
  const first = secondsAt(0);
  if (count === 1) return pipelineSeconds([first], stages);
  const at = new Set(nodesOf(count - 1, nodes));
  let before = first.layers;
  const batches = Array.from({ length: count - 1 }, (_, i): MicroBatchSeconds => {
    if (at.has(i)) before = secondsAt(i).layers;
    return { ...first, layers: before };
  });
  return pipelineSeconds([...batches, { layers: 0, hop: 0, head: 0 }], stages);
}
