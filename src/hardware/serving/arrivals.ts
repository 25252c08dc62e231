import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";

/** Blocks of a prompt by which a prefix cache finds them again. */
export interface PromptBlocks {
  /** tokens of a block; the last one may have fewer */
  readonly tokens: number;
  /** a number for each block, which stands for it and all blocks before it */
  readonly ids: readonly number[];
  /** requests among which equal numbers mean equal blocks; default: all */
  readonly scope?: number;
}

/** A request of a trace. */
export interface Request {
  readonly arrivalSeconds: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly blocks?: PromptBlocks;
  /** session of a user, whose requests follow each other */
  readonly session?: number;
  /** from the answer before it in its session to this request, s */
  readonly thinkSeconds?: number;
}

/** An arrival process of requests of equal length. */
export interface Arrivals {
  readonly requests: number;
  /** requests per second */
  readonly rate: number;
  /** coefficient of variation of the times between arrivals: 1 is Poisson, 0 is even, above 1 is bursty */
  readonly variation: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Requests whose times between arrivals are gamma-distributed, with mean 1 / rate and the given variation. */
export function drawArrivals(arrivals: Arrivals, random: Random): Request[] {
  const { requests, rate, variation, inputTokens, outputTokens } = arrivals;
  const shape = 1 / variation ** 2;
  let now = 0;
  return Array.from({ length: requests }, () => {
    now += variation === 0 ? 1 / rate : gamma(shape, random) / (shape * rate);
    return { arrivalSeconds: now, inputTokens, outputTokens };
  });
}

/**
 * Draws from the gamma distribution of this shape and scale 1.
 *
 * Marsaglia and Tsang 2000, "A simple method for generating gamma variables", ACM TOMS 26, 363-372,
 * https://doi.org/10.1145/358407.358414; shapes below 1 by their boost of a shape one larger.
 */
export function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Time of an arrival at most, s: some 3,000 years, more than any clock that counts from 1970 shows. */
const mostSeconds = 1e11;

/**
 * @param where name of the trace, for messages
 * @throws UsageError for a request that arrives before the one above it, or that has no tokens
 */
export function checkRequests(requests: readonly Request[], where = "the trace"): void {
  if (requests.length === 0) throw new UsageError(`${where}: a trace needs at least one request; got none`);
  requests.forEach(({ arrivalSeconds, inputTokens, outputTokens }, i) => {
    const before = i === 0 ? 0 : requests[i - 1]!.arrivalSeconds;
    if (arrivalSeconds > mostSeconds)
      throw new UsageError(
        `request ${i + 1} of ${where}: arrival_s must be at most ${mostSeconds}; got ${arrivalSeconds}`,
      );
    if (!(arrivalSeconds >= before))
      throw new UsageError(
        `request ${i + 1} of ${where}: arrival_s must be a number >= ${before}, that of the request before; got ${arrivalSeconds}`,
      );
    for (const [name, tokens] of [
      ["input_tokens", inputTokens],
      ["output_tokens", outputTokens],
    ] as const)
      if (!Number.isSafeInteger(tokens) || tokens < 1)
        throw new UsageError(`request ${i + 1} of ${where}: ${name} must be an integer >= 1; got ${tokens}`);
  });
}
