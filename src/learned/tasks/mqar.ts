import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { drawGaps } from "../../tasks/mqar.ts";
import type { LabelledSequence } from "./labelled.ts";

/** Sizes of the sequences, as zoology names them: vocab_size, input_seq_len, num_kv_pairs, power_a, random_non_queries. */
export interface MqarSizes {
  readonly name: "mqar";
  /** symbols: 0 is the filler, those below half are keys, the others are values */
  readonly vocabulary: number;
  /** symbols of a sequence */
  readonly tokens: number;
  readonly pairs: number;
  /** exponent of the gaps' power law */
  readonly power: number;
  /** whether random symbols stand in all other places, in the place of 0 */
  readonly randomFillers: boolean;
  /** `listed`: as the source. `scattered`: pairs anywhere in the context, then all keys; the power has no effect. */
  readonly layout: MqarLayout;
}

/** Places of pairs and of the keys that are asked. */
export type MqarLayout = "listed" | "scattered";

/**
 * Multi-query associative recall as zoology's `multiquery_ar` generates it: pairs of a key and its value, then each key
 * once more at a gap that follows a power law. All other places hold 0, or random symbols. The source draws random
 * symbols from all of the vocabulary; here no filler is 0 or a key of the sequence, as in this project's task `mqar`.
 *
 * https://github.com/HazyResearch/zoology, zoology/data/multiquery_ar.py
 *
 * @throws UsageError for sizes that the source refuses
 */
export function mqarSequence(
  { vocabulary, tokens, pairs, power, randomFillers, layout }: MqarSizes,
  random: Random,
): LabelledSequence {
  if (tokens % 2 !== 0 || 4 * pairs > tokens)
    throw new UsageError(`mqar: ${pairs} pairs need an even number of tokens >= ${4 * pairs}; got ${tokens}`);
  const half = Math.floor(vocabulary / 2);
  // the source wants more symbols than tokens in any case
  const fewest = Math.max(randomFillers ? 0 : tokens, 2 * pairs + 1);
  if (vocabulary <= fewest)
    throw new UsageError(
      `mqar: ${pairs} pairs in ${tokens} tokens need a vocabulary > ${fewest}; got ${vocabulary}`,
    );
  const symbols = new Int32Array(tokens);
  const keys = drawDifferent(pairs, 1, half, random.fork("keys"));
  const values = drawDifferent(pairs, half, vocabulary, random.fork("values"));
  const space = (tokens - 2 * pairs) / 2;
  const [places, asked] =
    layout === "listed"
      ? [
          keys.map((_, i) => 2 * i),
          drawGaps(pairs, space, power, random.fork("gaps")).map((gap) => 2 * (pairs + gap)),
        ]
      : [
          drawDifferent(pairs, 0, space, random.fork("places")).map((place) => 2 * place),
          keys.map((_, i) => 2 * (space + i)),
        ];
  keys.forEach((key, i) => {
    symbols[places[i]!] = symbols[asked[i]!] = key;
    symbols[places[i]! + 1] = values[i]!;
  });
  if (randomFillers) {
    const [fillers, own] = [random.fork("fillers"), new Set(keys)];
    for (let t = 0; t < tokens; t++) {
      let symbol = symbols[t]!;
      while (symbol === 0) {
        const drawn = fillers.below(vocabulary);
        if (!own.has(drawn)) symbol = drawn;
      }
      symbols[t] = symbol;
    }
  }
  return { symbols, asked, answers: values, sources: places.map((place) => place + 1) };
}

/** Tokens of a sequence before the first place that may be asked. */
export const contextOf = ({ layout, pairs, tokens }: MqarSizes): number =>
  layout === "listed" ? 2 * pairs : tokens - 2 * pairs;

/** Draws `count` different integers of [from, to). */
function drawDifferent(count: number, from: number, to: number, random: Random): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(from + random.below(to - from));
  return [...drawn];
}
