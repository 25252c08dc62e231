import { passOf } from "../hardware/pass/pass.ts";
import type { Pass } from "../hardware/pass/pass.ts";
import { smoothRow } from "../hardware/serving/chunks.ts";
import { deploymentOf } from "./deployment.ts";
import type { Division } from "./division.ts";
import { holding, quickest } from "./choice.ts";
import { lackOn } from "./memory.ts";
import type { Lack } from "./memory.ts";

/** Prompts of one length that are computed together and alone. */
export interface Prefilling {
  readonly prompts: number;
  /** tokens to compute of each prompt */
  readonly tokens: number;
  /** tokens of each prompt that the cache already holds */
  readonly cachedTokens: number;
  /** most tokens of all prompts in a pass */
  readonly chunkTokens: number;
}

/** A prefill of a division. The times of its passes add up. */
export interface PrefillAnswer {
  readonly division: Division;
  readonly passes: readonly Pass[];
  readonly seconds: number;
  /** memory that the prompts' caches lack */
  readonly lack: Lack;
}

/** The passes of a prefill. Each computes a chunk of every prompt. */
function chunksOf(
  division: Division,
  { prompts, tokens, cachedTokens, chunkTokens }: Prefilling,
): { count: number; pass: (i: number) => Pass } {
  const deployment = deploymentOf(division);
  const chunk = Math.max(1, Math.floor(chunkTokens / prompts));
  return {
    count: Math.ceil(tokens / chunk),
    pass: (i) =>
      passOf(deployment, [
        {
          phase: "prefill",
          sequences: prompts,
          newTokens: Math.min(chunk, tokens - i * chunk),
          cachedTokens: cachedTokens + i * chunk,
        },
      ]),
  };
}

/** A prefill of one division. */
export function prefillOn(division: Division, prefilling: Prefilling): PrefillAnswer {
  const { prompts, tokens, cachedTokens } = prefilling;
  const { count, pass } = chunksOf(division, prefilling);
  const passes = Array.from({ length: count }, (_, i) => pass(i));
  return {
    division,
    passes,
    seconds: passes.reduce((sum, { time }) => sum + time.seconds, 0),
    lack: lackOn(division, prompts, tokens + cachedTokens),
  };
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
  const estimated = holding(divisions, prompts, tokens + cachedTokens).map((division) => {
    const { count, pass } = chunksOf(division, prefilling);
    const row = smoothRow(count, (i) => pass(i).time.seconds);
    return { division, seconds: row.reduce((sum, seconds) => sum + seconds, 0) };
  });
  const found = quickest(estimated);
  return found && prefillOn(found.division, prefilling);
}
