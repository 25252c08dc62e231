import type { CountTokens } from "./tokenizer.ts";

/**
 * Tokens before each of some places of a text; exact where no token reaches over any of them.
 *
 * @param places ascending indices of characters
 */
export function tokenOffsets(text: string, places: ArrayLike<number>, count: CountTokens): Int32Array {
  const offsets = new Int32Array(places.length);
  let [from, tokens] = [0, 0];
  for (let p = 0; p < places.length; p++) {
    tokens += count(text.slice(from, places[p]));
    from = places[p]!;
    offsets[p] = tokens;
  }
  return offsets;
}

/** Where the token of a word begins that stands at a place of a text: a blank before it belongs to it. */
export const wordStart = (text: string, at: number): number => (text[at - 1] === " " ? at - 1 : at);
