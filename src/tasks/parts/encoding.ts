import { GptEncoding } from "gpt-tokenizer/GptEncoding";
import ranks from "gpt-tokenizer/bpeRanks/o200k_base";

/** Special tokens that a text may not hold; none of them where they are plain text. */
interface EncodeOptions {
  readonly disallowedSpecial: Set<string>;
}

/** Tokens of texts, and texts of tokens. */
interface Encoding {
  encode(text: string, options: EncodeOptions): number[];
  decode(tokens: Iterable<number>): string;
  countTokens(text: string, options: EncodeOptions): number;
}

let built: Encoding | undefined;

/** The encoding o200k_base. It is built when a text is first tokenised: lists and the mean field tokenise none. */
export const o200k = (): Encoding => (built ??= GptEncoding.getEncodingApi("o200k_base", () => ranks));
