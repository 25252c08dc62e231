import { tokenText } from "../../tasks/parts/encoding.ts";
import { tokenIds } from "../../tasks/parts/token-texts.ts";
import { hash64 } from "../../core/random.ts";
import type { Message } from "../../tasks/task.ts";

/** Kinds of tokens, by the word that they are of. */
export const tokenKind = { word: 0, code: 1, mark: 2, blank: 3 } as const;

/** Distinct things of a list of tokens, and which of them each token has. */
interface Numbered {
  /** (2 U) names to the generator */
  readonly ids: Uint32Array;
  /** (N) number of each token's */
  readonly of: Int32Array;
}

/** Tokens of a prompt, as keys know them. */
export interface TokenStream {
  /** (N) tokens of o200k_base */
  readonly ids: Int32Array;
  /** distinct tokens */
  readonly pieces: Numbered;
  /** runs of `contextTokens` tokens that stand before a token */
  readonly contexts: Numbered;
  /** (N) a kind of `tokenKind`: numbers, node ids and names in capitals are codes */
  readonly kind: Uint8Array;
  /** (N) tokens of the word that a token is of */
  readonly wordTokens: Int32Array;
  /** (N) 1 for a token that is nothing but blanks */
  readonly blank: Uint8Array;
}

/** Numbers of four digits, words of letters and digits, and names in capitals. The numbers of a list are none. */
const codeLike = /\d{4}|\d\p{L}|\p{L}\d|[A-Z]{3}/u;
const letter = /\p{L}/u;
const leadingBlank = /^\s/;
const trailingBlank = /\s$/;

/** Reads the tokens of a prompt. */
export function tokenStream(messages: readonly Message[]): TokenStream {
  const ids = Int32Array.from(tokenIds(messages));
  const pieces = Array.from(ids, tokenText);
  const word = wordsOf(pieces);
  const texts: string[] = [];
  const sizes: number[] = [];
  pieces.forEach((piece, i) => {
    texts[word[i]!] = (texts[word[i]!] ?? "") + piece;
    sizes[word[i]!] = (sizes[word[i]!] ?? 0) + 1;
  });
  return {
    ids,
    pieces: numbered(Array.from(ids, (id) => `piece:${id}`)),
    contexts: numbered(Array.from(ids, (_, i) => contextName(ids, i))),
    kind: Uint8Array.from(pieces, (piece, i) => kindOf(piece, texts[word[i]!]!)),
    wordTokens: word.map((w) => sizes[w]!),
    blank: Uint8Array.from(pieces, (piece) => (piece.trim() === "" ? 1 : 0)),
  };
}

/** Tokens before a token that its key knows: with fewer, runs of an id's short tokens come again in other ids. */
const contextTokens = 5;

const contextName = (ids: Int32Array, i: number): string =>
  `context:${ids.subarray(Math.max(0, i - contextTokens), i).join("/")}`;

/** The text of the tokens whose number is `piece`; undefined where none has it. */
export function pieceText({ ids, pieces }: TokenStream, piece: number): string | undefined {
  const at = pieces.of.indexOf(piece);
  return at < 0 ? undefined : tokenText(ids[at]!);
}

/** Number of the word of each token: words are what blanks divide. */
function wordsOf(pieces: readonly string[]): Int32Array {
  let word = -1;
  return Int32Array.from(pieces, (piece, i) => {
    if (i === 0 || leadingBlank.test(piece) || trailingBlank.test(pieces[i - 1]!)) word++;
    return word;
  });
}

function kindOf(piece: string, word: string): number {
  if (piece.trim() === "") return tokenKind.blank;
  if (codeLike.test(word)) return tokenKind.code;
  return letter.test(piece) ? tokenKind.word : tokenKind.mark;
}

function numbered(names: readonly string[]): Numbered {
  const numberOf = new Map<string, number>();
  const of = Int32Array.from(names, (name) => {
    const known = numberOf.get(name) ?? numberOf.size;
    numberOf.set(name, known);
    return known;
  });
  return { ids: Uint32Array.from([...numberOf.keys()].flatMap((name) => hash64(name))), of };
}
