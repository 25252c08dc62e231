/**
 * Numbers by which a key is a match, and a head a retrieval head. The definition is ours; Wu et al. count copied tokens
 * in needle tests, and call a head with a score over .1 a retrieval head (arXiv 2404.15574).
 */
export const matchRules = {
  /** first tokens, the attention sinks: StreamingLLM (arXiv 2309.17453) keeps four */
  sinks: 4,
  /** tokens that a far key stands before the query, more than; not asked of a key that is known to hold the answer */
  far: 64,
  /** weight on one key, more than, with which a query retrieves it */
  weight: 0.5,
  /** share of its queries that retrieve, at least, by which a head is a retrieval head */
  share: 0.1,
  /** standard deviations above the mean, beyond which a key is matched; of 30,000 normal logits one lies there */
  matched: 4,
} as const;

/** Measures of one query's logits. */
export interface QueryMeasures {
  /** standard deviation of its logits over keys that it does not match */
  readonly spread: number;
  /** its largest logit in these standard deviations above their mean */
  readonly match: number;
  /** the same of the key that it retrieves; undefined if it retrieves none */
  readonly retrieved: number | undefined;
  /** the key that holds what it asks for; undefined where that is not known */
  readonly fact: FactMeasures | undefined;
}

/** Measures of the key that holds what a query asks for. */
export interface FactMeasures {
  /** its logit in standard deviations above the mean, as `match` */
  readonly match: number;
  /** its weight by dense attention */
  readonly weight: number;
  /** match of the token before it, which tells how far the tokens of a fact have their keys in common */
  readonly before: number;
}

/** Rounds after which the set of unmatched keys is taken as it is. */
const mostRounds = 20;

/**
 * Measures the logits of one query. Sinks take part in the weights, and in nothing else. Keys that a query does not match
 * are those up to four standard deviations above the mean, both taken over these keys. It retrieves the key with more than
 * half of its weight: of what it asks for, or of any far key where that is not known.
 *
 * @param scores (N) q.k of every key
 * @param visible keys that the query sees, its own the last
 * @param scale factor on q.k
 * @param asked token that holds what it asks for, where that is known
 */
export function measureQuery(
  scores: ArrayLike<number>,
  visible: number,
  scale: number,
  asked?: number,
): QueryMeasures {
  const { sinks, far, weight, matched } = matchRules;
  const from = Math.min(sinks, visible - 1);
  let [most, farthest] = [-Infinity, -Infinity];
  let whole = -Infinity;
  for (let i = 0; i < visible; i++) {
    const logit = scale * scores[i]!;
    whole = Math.max(whole, logit);
    if (i < from) continue;
    most = Math.max(most, logit);
    if (i < visible - 1 - far) farthest = Math.max(farthest, logit);
  }
  let total = 0;
  for (let i = 0; i < visible; i++) total += Math.exp(scale * scores[i]! - whole);

  let [limit, mean, spread, before] = [Infinity, 0, 0, -1];
  for (let round = 0; round < mostRounds; round++) {
    let [count, sum, squares] = [0, 0, 0];
    for (let i = from; i < visible; i++) {
      const logit = scale * scores[i]! - most;
      if (logit > limit) continue;
      count++;
      sum += logit;
      squares += logit * logit;
    }
    if (count === before) break;
    before = count;
    mean = sum / count;
    spread = Math.sqrt(Math.max(0, squares / count - mean * mean));
    limit = mean + matched * spread;
  }
  const above = (logit: number): number => (spread === 0 ? 0 : (logit - most - mean) / spread);
  const weightOf = (logit: number): number => Math.exp(logit - whole) / total;
  const matchOf = (token: number): number => (token < from ? 0 : above(scale * scores[token]!));
  const fact =
    asked === undefined
      ? undefined
      : {
          match: above(scale * scores[asked]!),
          weight: weightOf(scale * scores[asked]!),
          before: matchOf(asked - 1),
        };
  const candidate = asked === undefined ? farthest : scale * scores[asked]!;
  return {
    spread,
    match: above(most),
    retrieved: weightOf(candidate) > weight ? above(candidate) : undefined,
    fact,
  };
}
