import { ImpossibleError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";

/** A line of noise. */
export const noise =
  "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

/** `count` of the items, in the order drawn. */
export const sample = <T>(items: readonly T[], count: number, random: Random): T[] =>
  random.shuffled(items).slice(0, count);

/**
 * Puts needles into text, in their order.
 *
 * @param places a sentence for each needle, in any order: one needle stands before each of them
 */
export const inserted = (
  sentences: readonly string[],
  needles: readonly string[],
  places: readonly number[],
): string[] => {
  const ascending = [...places].sort((a, b) => a - b);
  const out: string[] = [];
  let from = 0;
  needles.forEach((needle, i) => {
    for (; from < ascending[i]!; from++) out.push(sentences[from]!);
    out.push(needle);
  });
  return [...out, ...sentences.slice(from)];
};

/** Room that a text leaves for fillers. */
export interface FillerRoom<T> {
  /** tokens that all fillers may take */
  readonly tokens: number;
  /** fewest fillers that there must be room for */
  readonly least: number;
  /** Makes the next filler. */
  readonly next: () => T;
  /** Tokens of a filler, with what joins it to its neighbours. */
  readonly sizeOf: (filler: T) => number;
}

/**
 * Fillers until there is no room for the next one.
 *
 * @throws UsageError where there is room for fewer than `least`
 */
export function fill<T>({ tokens, least, next, sizeOf }: FillerRoom<T>): T[] {
  const fillers: T[] = [];
  let left = tokens;
  for (let filler = next(); left >= sizeOf(filler); filler = next()) {
    fillers.push(filler);
    left -= sizeOf(filler);
  }
  if (fillers.length < least)
    throw new ImpossibleError(
      `these tokens leave room for ${fillers.length} pieces of the haystack, not for ${least}; allowed: more tokens`,
    );
  return fillers;
}
