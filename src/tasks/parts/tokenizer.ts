import { o200k } from "./encoding.ts";

/** Tokens of a text. */
export type CountTokens = (text: string) => number;

/** Text that looks like a special token (`<|endoftext|>`) is text. */
const asText = { disallowedSpecial: new Set<string>() };

const count = (text: string): number => o200k().countTokens(text, asText);

/** Counts of pieces that come again and again: words, node ids. Longer pieces are not worth their memory. */
const cache = new Map<string, number>();
const cachedLength = 24;
const cachedPieces = 500_000;

function countPiece(piece: string): number {
  if (piece.length > cachedLength) return count(piece);
  const known = cache.get(piece);
  if (known !== undefined) return known;
  const tokens = count(piece);
  if (cache.size >= cachedPieces) cache.clear();
  cache.set(piece, tokens);
  return tokens;
}

const space = 32;
const newline = 10;
const slash = 47;
/** printable ASCII that is no blank: no part of a surrogate pair, no exotic white space */
const isVisible = (code: number): boolean => code > space && code < 127;
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90);

/**
 * Whether no token of o200k_base can hold both text[at - 1] and text[at], whatever stands around them. Its
 * pre-tokeniser splits text by a regular expression before any merge, and no match of it goes on
 * - after a line break, unless white space or "/" follows;
 * - from a visible character into a space, where that space is the prefix of a word.
 */
function isBoundary(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  if (before === newline) return isVisible(after) && after !== slash;
  return after === space && isVisible(before) && isLetter(text.charCodeAt(at + 1));
}

/**
 * Tokens of a text in o200k_base, special tokens read as plain text. Equal to encoding the text whole; counted piece
 * by piece, so that a million tokens of words take well under a second.
 */
export function countTokens(text: string): number {
  let tokens = 0;
  let from = 0;
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== space && text.charCodeAt(at - 1) !== newline) continue;
    if (!isBoundary(text, at)) continue;
    tokens += countPiece(text.slice(from, at));
    from = at;
  }
  return from < text.length ? tokens + countPiece(text.slice(from)) : tokens;
}
