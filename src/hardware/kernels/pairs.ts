/**
 * Query-key pairs of a causal prefill of `newTokens` behind `prefixTokens`, in which each query reads at most `limit` keys
 * (a window, or a number of selected keys): the sum over i of min(P + i, limit).
 */
export function causalPairs(newTokens: number, prefixTokens: number, limit = Infinity): number {
  // queries that see fewer keys than the limit read all of them
  const rising = Math.min(newTokens, Math.max(0, limit - prefixTokens));
  const first = rising * prefixTokens + (rising * (rising + 1)) / 2;
  return rising === newTokens ? first : first + (newTokens - rising) * limit;
}
