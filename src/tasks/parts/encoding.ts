import { GptEncoding } from "gpt-tokenizer/GptEncoding";
import ranks from "gpt-tokenizer/bpeRanks/o200k_base";

/** Special tokens that a text may not hold; none of them where they are plain text. */
interface EncodeOptions {
  readonly disallowedSpecial: Set<string>;
}

/** Tokens of texts. */
interface Encoding {
  encode(text: string, options: EncodeOptions): number[];
  countTokens(text: string, options: EncodeOptions): number;
}

let built: Encoding | undefined;

/** Texts of the tokens in o200k_base's order. A token that ends within a character is a list of its bytes. */
const texts = ranks as unknown as readonly (string | readonly number[])[];

const utf8 = new TextDecoder();

/**
 * The text of one token, by itself: parts of characters that it begins or ends with are the mark "\ufffd". The
 * package's own `decode` keeps such a part for its next call, so that its texts depend on earlier calls.
 */
export function tokenText(id: number): string {
  const text = texts[id]!;
  return typeof text === "string" ? text : utf8.decode(Uint8Array.from(text));
}

/** The encoding o200k_base. It is built when a text is first tokenised: lists and the mean field tokenise none. */
export const o200k = (): Encoding => (built ??= GptEncoding.getEncodingApi("o200k_base", () => ranks));
