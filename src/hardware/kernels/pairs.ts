/**
 * Query-key pairs of a causal prefill of `newTokens` behind `prefixTokens`, each query reading at most `limit`
 * keys (a window, or a number of selected ones): the sum over i of min(P + i, limit).
 */
export function causalPairs(newTokens: number, prefixTokens: number, limit = Infinity): number {
  // queries before the limit is reached read all that they see
  const rising = Math.min(newTokens, Math.max(0, Math.min(limit, newTokens + prefixTokens) - prefixTokens));
  const first = rising * prefixTokens + (rising * (rising + 1)) / 2;
  return rising === newTokens ? first : first + (newTokens - rising) * limit;
}
