import { kernelTime, sequence, times } from "../hardware/kernels/operator-time.ts";
import type { OperatorTime } from "../hardware/kernels/operator-time.ts";
import type { MicroBatch } from "../hardware/pass/micro-batch.ts";
import { pipelineSeconds } from "../hardware/pass/stages.ts";
import { limitedTo } from "./division.ts";
import type { Division } from "./division.ts";
import { holding, quickest } from "./choice.ts";
import { lackOn } from "./memory.ts";
import type { Lack } from "./memory.ts";
import { chunkingsOf, chunkSizes, chunksOf, leastSeconds, nearlySeconds } from "./prefill-chunks.ts";
import type { ChunkedDivision, PrefillChunks, Prefilling } from "./prefill-chunks.ts";

/** A prefill of a division. Chunks of the prompts follow each other through its stages. */
export interface PrefillAnswer extends ChunkedDivision {
  /** forward passes, each of a chunk of every prompt */
  readonly passes: number;
  readonly seconds: number;
  /** times of a GPU of the stage with the most layers, which add up to `seconds` */
  readonly attentionSeconds: number;
  readonly feedForwardSeconds: number;
  /** exchanges among the GPUs of a stage that do not hide behind work */
  readonly linkSeconds: number;
  /** of the output head; 0 with stages, of which the last one has it */
  readonly headSeconds: number;
  /** waiting for other stages; 0 without stages */
  readonly waitSeconds: number;
  /** operations of all stages */
  readonly flops: number;
  readonly time: OperatorTime;
  /** memory that the prompts' caches lack */
  readonly lack: Lack;
}

/** The division with memory set aside for the tokens that a group of its GPUs computes in a pass. */
function limited({ division, chunkTokens }: ChunkedDivision, { prompts, tokens }: Prefilling): Division {
  const { dp } = division.parallel;
  const chunk = Math.min(tokens, Math.max(1, Math.floor(chunkTokens / prompts)));
  return limitedTo(division, { chunkTokens: Math.ceil(prompts / dp) * chunk });
}

/** A prefill of one division. */
export function prefillOn(division: Division, prefilling: Prefilling): PrefillAnswer {
  return answerOf(shortest(chunkingsOf(division, prefilling), prefilling)!, prefilling);
}

/**
 * The shortest prefill among the divisions that the caches fit. If they fit none, the shortest among the divisions that
 * lack the least memory. Undefined without divisions.
 */
export function fastestPrefill(
  divisions: readonly Division[],
  prefilling: Prefilling,
): PrefillAnswer | undefined {
  const { prompts, tokens, cachedTokens } = prefilling;
  const { chunkTokens = Math.max(...chunkSizes) } = prefilling;
  const held = holding(
    divisions.map((division) => limited({ division, chunkTokens }, prefilling)),
    prompts,
    tokens + cachedTokens,
  );
  const found = shortest(
    held.flatMap((division) => chunkingsOf(division, prefilling)),
    prefilling,
  );
  return found && answerOf(found, prefilling);
}

/** Chunks whose times a first look at all divisions takes, besides the last. */
const roughNodes = 3;

/** Divisions whose rough time is at most this much longer than the least are looked at again. */
const near = 1.1;

/** A division with the passes of its prefill. */
interface PrefillCandidate {
  readonly each: ChunkedDivision;
  readonly chunks: PrefillChunks;
}

/** The division and size of chunk with the shortest prefill. Times are taken more exactly of those that are near it. */
function shortest(chunked: readonly ChunkedDivision[], prefilling: Prefilling): PrefillCandidate | undefined {
  const candidates = chunked.map((each) => ({ each, chunks: chunksOf(each, prefilling) }));
  if (candidates.length <= 1) return candidates[0];
  const rough = timedNear(candidates, {
    least: ({ chunks }) => leastSeconds(chunks, 1),
    seconds: ({ chunks }) => nearlySeconds(chunks, roughNodes),
    near,
  });
  const again = timedNear(rough, {
    least: ({ chunks }) => leastSeconds(chunks, roughNodes),
    seconds: ({ chunks }) => nearlySeconds(chunks),
    near: 1,
  });
  return quickest(again);
}

/** How candidates are timed: a time that is at most their own, their own, and how much longer than the shortest may remain. */
interface CandidateTimes {
  readonly least: (candidate: PrefillCandidate) => number;
  readonly seconds: (candidate: PrefillCandidate) => number;
  readonly near: number;
}

/**
 * The candidates whose time is at most `near` times the shortest, in their order. The time of a candidate is not taken if it
 * cannot be among them.
 */
function timedNear(
  candidates: readonly PrefillCandidate[],
  { least, seconds, near: most }: CandidateTimes,
): (PrefillCandidate & { readonly seconds: number })[] {
  const promising = candidates
    .map((candidate, i) => ({ i, least: least(candidate) }))
    .sort((a, b) => a.least - b.least);
  const taken = new Map<number, number>();
  let shortest = Infinity;
  for (const each of promising) {
    // sums of the same times in another order differ in their last digits
    if (each.least * (1 - 1e-9) > most * shortest) break;
    const time = seconds(candidates[each.i]!);
    taken.set(each.i, time);
    shortest = Math.min(shortest, time);
  }
  return candidates.flatMap((candidate, i) => {
    const time = taken.get(i);
    return time !== undefined && time <= most * shortest ? [{ ...candidate, seconds: time }] : [];
  });
}

function answerOf({ each: chunked, chunks }: PrefillCandidate, prefilling: Prefilling): PrefillAnswer {
  const { prompts, tokens, cachedTokens } = prefilling;
  const { count, stages, batch, secondsAt } = chunks;
  const batches = Array.from({ length: count }, (_, i) => batch(i));
  const seconds = pipelineSeconds(
    batches.map((_, i) => secondsAt(i)),
    stages,
  );
  // a GPU has the layers of one stage
  const share = Math.max(...stages) / stages.reduce((all, layers) => all + layers, 0);
  const sum = (of: (batch: MicroBatch) => number): number =>
    batches.reduce((total, batch) => total + of(batch), 0);
  const waitSeconds = stages.length === 1 ? 0 : seconds - share * sum(({ layers }) => layers.seconds);
  return {
    ...chunked,
    passes: count,
    seconds,
    attentionSeconds: share * sum(({ attentionSeconds }) => attentionSeconds),
    feedForwardSeconds: share * sum(({ feedForwardSeconds }) => feedForwardSeconds),
    linkSeconds: share * sum(({ linkSeconds }) => linkSeconds),
    headSeconds: stages.length === 1 ? sum(({ head }) => head.seconds) : 0,
    waitSeconds,
    flops: sum(({ layers, head }) => layers.flops + head.flops),
    time: sequence("prefill", [
      ...batches.map(({ layers, head }) =>
        stages.length === 1 ? sequence("forward pass", [layers, head]) : times(share, layers),
      ),
      ...(waitSeconds > 0 ? [kernelTime("waiting for other stages", waitSeconds, [])] : []),
    ]),
    lack: lackOn(limited(chunked, prefilling), prompts, tokens + cachedTokens),
  };
}
