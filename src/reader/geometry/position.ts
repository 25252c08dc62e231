import type { Rotary } from "../../attention/cache.ts";

/** Channels of a head to each rotary frequency, two of which it takes. */
const channelsOfFrequency = 16;

const frequencies = (headDim: number): number => Math.floor(headDim / channelsOfFrequency);

/** Channels of a head that hold content; positions have the others. */
export const contentWidth = (headDim: number): number => headDim - 2 * frequencies(headDim);

/**
 * Rotary channels of a head: the first frequency is a radian a token, the last a radian in `reach` tokens. The product
 * of two positions then falls about as the logarithm of their distance, down to `reach`.
 */
export function rotaryOf(headDim: number, reach: number): Rotary {
  const count = frequencies(headDim);
  return {
    from: contentWidth(headDim),
    frequencies: Array.from({ length: count }, (_, i) => reach ** (-i / Math.max(1, count - 1))),
  };
}
