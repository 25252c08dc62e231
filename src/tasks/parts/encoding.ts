import { GptEncoding } from "gpt-tokenizer/GptEncoding";
import ranks from "gpt-tokenizer/bpeRanks/o200k_base";

let built: GptEncoding | undefined;

/** The encoding o200k_base. It is built when a text is first tokenised: lists and the mean field tokenise none. */
export const o200k = (): GptEncoding => (built ??= GptEncoding.getEncodingApi("o200k_base", () => ranks));
