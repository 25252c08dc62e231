import { UsageError } from "../../core/errors.ts";
import type { Drafting } from "./replica.ts";

/** A stream of equal requests. */
export interface Workload {
  readonly inputTokens: number;
  /** all generated tokens, thinking included */
  readonly outputTokens: number;
  /** generated before the first token of the answer */
  readonly thinkTokens: number;
  /** share of input tokens whose cache is stored, so that it is not computed */
  readonly cacheHits: number;
  readonly drafts: Drafting;
  /** most prompt tokens of all its sequences that one group of a replica computes in a pass */
  readonly chunkTokens: number;
  /** share of the time in which the GPUs work; the rest waits for requests */
  readonly utilisation: number;
}

/** @throws UsageError for a value out of range */
export function checkWorkload(workload: Workload): void {
  const { inputTokens, outputTokens, thinkTokens, cacheHits, drafts, chunkTokens, utilisation } = workload;
  const check = (what: string, ok: boolean, got: number, allowed: string): void => {
    if (!ok) throw new UsageError(`${what} must be ${allowed}; got ${got}`);
  };
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  check("input tokens", whole(inputTokens, 1), inputTokens, "an integer >= 1");
  check("output tokens", whole(outputTokens, 1), outputTokens, "an integer >= 1");
  check(
    "think tokens",
    whole(thinkTokens, 0) && thinkTokens < outputTokens,
    thinkTokens,
    `an integer in [0, ${outputTokens - 1}]: of the ${outputTokens} output tokens`,
  );
  check("cache hit rate", cacheHits >= 0 && cacheHits < 1, cacheHits, "in [0, 1)");
  check("draft tokens", whole(drafts.tokens, 0), drafts.tokens, "an integer >= 0");
  const { acceptance } = drafts;
  if (typeof acceptance === "number")
    check("draft acceptance", acceptance >= 0 && acceptance <= 1, acceptance, "in [0, 1]");
  check("chunk tokens", whole(chunkTokens, 1), chunkTokens, "an integer >= 1");
  check("utilisation", utilisation > 0 && utilisation <= 1, utilisation, "in (0, 1]");
}

/** Mean number of tokens in the cache of a sequence while it decodes. */
export const meanContext = ({ inputTokens, outputTokens }: Workload): number =>
  inputTokens + outputTokens / 2;

/** Tokens of a prompt that are computed, and tokens that are found in the store. */
export function splitPrompt({ inputTokens, cacheHits }: Pick<Workload, "inputTokens" | "cacheHits">): {
  computed: number;
  stored: number;
} {
  const stored = Math.min(inputTokens - 1, Math.round(inputTokens * cacheHits));
  return { computed: inputTokens - stored, stored };
}
