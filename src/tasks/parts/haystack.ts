import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";

/** A line of noise. */
export const noise =
  "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

/** `count` of the items, in the order drawn. */
export const sample = <T>(items: readonly T[], count: number, random: Random): T[] =>
  random.shuffled(items).slice(0, count);

/** Needles into text, each before the sentence at its place. @param places one for each needle, which takes the next of them in the order of the text */
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

/**
 * Fillers until a text is full.
 *
 * @param room tokens that all of them may take
 * @param least how many there must be room for
 * @param sizeOf tokens of one, with what joins it to its neighbours
 * @throws UsageError where there is room for fewer
 */
export function fill<T>(room: number, least: number, next: () => T, sizeOf: (filler: T) => number): T[] {
  const fillers: T[] = [];
  let left = room;
  for (let filler = next(); left >= sizeOf(filler); filler = next()) {
    fillers.push(filler);
    left -= sizeOf(filler);
  }
  if (fillers.length < least)
    throw new UsageError(
      `these tokens leave room for ${fillers.length} pieces of the haystack, not for ${least}; allowed: more tokens`,
    );
  return fillers;
}
