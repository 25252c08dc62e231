import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { drawCharacters, hopsOf } from "../../tasks/k-hop.ts";
import type { LabelledSequence } from "./labelled.ts";

/** Sizes of the sequences: chsanford/hop-induction-heads has seq_len, char_tokens, and max_hops. */
export interface KHopSizes {
  readonly name: "k-hop";
  /** symbols: 0 is unused, 1 to `hops` stand for a number of hops, the others are characters */
  readonly vocabulary: number;
  /** symbols of a sequence, the number of hops among them */
  readonly tokens: number;
  readonly hops: number;
  /** most hops of the reader that is asked; `hops` at least */
  readonly most: number;
  /** whether each sequence draws its own number of hops from 1 to `hops` */
  readonly mixed: boolean;
}

/**
 * k-hop induction: the number of hops, then characters of which none comes twice in a row. A hop goes from a character to
 * the one after the last occurrence of the same character before it. Every character with enough hops asks for the
 * character at their end.
 *
 * Sanford, Hsu and Telgarsky 2024, arXiv 2402.09268, section 4; https://github.com/chsanford/hop-induction-heads,
 * src/tasks.py, which has 100 characters of 4 kinds, and asks for a symbol of its own where there are too few hops; such
 * places are not asked here.
 *
 * @throws UsageError for fewer than three characters
 */
export function kHopSequence(
  { vocabulary, tokens, hops, most, mixed }: KHopSizes,
  random: Random,
): LabelledSequence {
  const first = most + 1;
  if (vocabulary - first < 3)
    throw new UsageError(`k-hop: ${most} hops need a vocabulary >= ${first + 3}; got ${vocabulary}`);
  if (hops < 1 || hops > most) throw new UsageError(`k-hop: hops must be 1 to ${most}; got ${hops}`);
  const own = mixed ? 1 + random.fork("hops").below(hops) : hops;
  const characters = drawCharacters(tokens - 1, vocabulary - first, random.fork("sequence"));
  const next = hopsOf(characters);
  const symbols = [own, ...characters.map((character) => first + character)];
  const [asked, answers, sources]: [number[], number[], number[]] = [[], [], []];
  characters.forEach((_, from) => {
    let at = from;
    for (let hop = 0; hop < own && at >= 0; hop++) at = next[at]!;
    if (at < 0) return;
    asked.push(from + 1);
    answers.push(symbols[at + 1]!);
    sources.push(at + 1);
  });
  return { symbols, asked, answers, sources };
}
