import { tokenText } from "./encoding.ts";
import type { Random } from "../../core/random.ts";

/** Entries of o200k_base, special ones aside. */
const vocabularySize = 199_998;

/** Words that no prompt should hold. */
const unfit =
  /anal|anus|bitch|boob|cock|cunt|damn|dick|erot|escort|fetish|fuck|hitler|incest|nazi|nigg|nude|orgasm|penis|porn|puss|puta|rape|sex|shit|slut|tits|vagin|whor|xxx/;

let known: readonly string[] | undefined;

/**
 * Words of four to twelve small letters that are one token of o200k_base after a blank, the most frequent first: about
 * 42,000, of many languages.
 */
export function tokenWords(): readonly string[] {
  known ??= Array.from({ length: vocabularySize }, (_, id) => tokenText(id))
    .filter((text) => /^ [a-z]{4,12}$/.test(text) && !unfit.test(text))
    .map((text) => text.slice(1));
  return known;
}

/** Draws two words with a hyphen between them, as RULER's keys are an adjective and a noun. */
export const drawCompound = (random: Random): string =>
  `${random.pick(tokenWords())}-${random.pick(tokenWords())}`;
