/**
 * Weights of a softmax over logits.
 *
 * @param sinkLogit logit of a sink, which takes a share of the weights and has no value
 */
export function softmaxWeights(logits: ArrayLike<number>, sinkLogit = -Infinity): Float64Array {
  let most = sinkLogit;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i]!);
  const weights = new Float64Array(logits.length);
  let sum = sinkLogit === -Infinity ? 0 : Math.exp(sinkLogit - most);
  for (let i = 0; i < logits.length; i++) sum += weights[i] = Math.exp(logits[i]! - most);
  return weights.map((weight) => weight / sum);
}
