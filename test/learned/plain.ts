import type { MixerName } from "../../src/learned/shape.ts";

/** Operands of one head in float64, (tokens, d) row-major each, and (tokens) decay and strength. */
export interface PlainOperands {
  readonly q: Float64Array;
  readonly k: Float64Array;
  readonly v: Float64Array;
  readonly logDecay: Float64Array;
  readonly strength: Float64Array;
}

const unit = (x: Float64Array): Float64Array => {
  const length = Math.sqrt(x.reduce((sum, y) => sum + y * y, 1e-12));
  return x.map((y) => y / length);
};

/** A mixer by its recurrence or by sums, token by token: outputs (tokens, d). */
export function plainMix(
  mixer: MixerName,
  { q, k, v, logDecay, strength }: PlainOperands,
  { tokens, d, window }: { tokens: number; d: number; window: number },
): Float64Array {
  const row = (x: Float64Array, t: number): Float64Array => x.slice(t * d, (t + 1) * d);
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, c) => sum + x * b[c]!, 0);
  const out = new Float64Array(tokens * d);
  if (mixer === "dense" || mixer === "window") {
    for (let i = 0; i < tokens; i++) {
      const first = mixer === "window" ? Math.max(0, i + 1 - window) : 0;
      const weights: number[] = [];
      for (let j = first; j <= i; j++) weights.push(Math.exp(dot(row(q, i), row(k, j)) / Math.sqrt(d)));
      const total = weights.reduce((a, b) => a + b, 0);
      weights.forEach((w, at) => row(v, first + at).forEach((x, c) => (out[i * d + c]! += (w / total) * x)));
    }
    return out;
  }
  const state = new Float64Array(d * d);
  for (let t = 0; t < tokens; t++) {
    const [query, key, value] = [unit(row(q, t)), unit(row(k, t)), row(v, t)];
    if (mixer === "gated-delta") state.forEach((x, at) => (state[at] = Math.exp(logDecay[t]!) * x));
    for (let e = 0; e < d; e++) {
      let held = 0;
      for (let c = 0; c < d; c++) held += state[c * d + e]! * key[c]!;
      const written = mixer === "linear" ? value[e]! : strength[t]! * (value[e]! - held);
      for (let c = 0; c < d; c++) state[c * d + e]! += key[c]! * written;
    }
    for (let c = 0; c < d; c++) for (let e = 0; e < d; e++) out[t * d + e]! += state[c * d + e]! * query[c]!;
  }
  return out;
}
