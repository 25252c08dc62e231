import { UsageError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import { drawGaps } from "../tasks/mqar.ts";

/** Sizes of the sequences, as zoology names them: vocab_size, input_seq_len, num_kv_pairs, power_a. */
export interface MqarSizes {
  /** symbols: 0 is the filler, those below half are keys, the others are values */
  readonly vocabulary: number;
  /** symbols of a sequence */
  readonly tokens: number;
  readonly pairs: number;
  /** exponent of the gaps' power law */
  readonly power: number;
}

/** Symbols and answers of several sequences. */
export interface LabelledBatch {
  readonly sequences: number;
  readonly tokens: number;
  /** (sequences, tokens) symbols, row-major */
  readonly symbols: Int32Array;
  /** places in `symbols` of the keys that are asked for, sequence by sequence */
  readonly asked: Int32Array;
  /** symbol that follows each asked key */
  readonly answers: Int32Array;
  /** place in `symbols` of the value that answers each asked key */
  readonly sources: Int32Array;
}

/**
 * Multi-query associative recall as zoology's `multiquery_ar` generates it with `random_non_queries=False`: pairs of a
 * key and its value, then each key once more at a gap that follows a power law, and the symbol 0 in all other places.
 * The batch is a function of the stream alone.
 *
 * https://github.com/HazyResearch/zoology, zoology/data/multiquery_ar.py
 *
 * @throws UsageError for sizes that the source refuses
 */
export function mqarBatch(
  { vocabulary, tokens, pairs, power }: MqarSizes,
  sequences: number,
  random: Random,
): LabelledBatch {
  if (tokens % 2 !== 0 || 4 * pairs > tokens)
    throw new UsageError(`mqar: ${pairs} pairs need an even number of tokens >= ${4 * pairs}; got ${tokens}`);
  const half = Math.floor(vocabulary / 2);
  if (vocabulary <= tokens || pairs >= half)
    throw new UsageError(
      `mqar: ${pairs} pairs in ${tokens} tokens need a vocabulary > ${Math.max(tokens, 2 * pairs + 1)}; got ${vocabulary}`,
    );
  const symbols = new Int32Array(sequences * tokens);
  const [asked, answers, sources] = [0, 1, 2].map(() => new Int32Array(sequences * pairs)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (let s = 0; s < sequences; s++) {
    const stream = random.fork(s);
    const keys = drawDifferent(pairs, 1, half, stream.fork("keys"));
    const values = drawDifferent(pairs, half, vocabulary, stream.fork("values"));
    const gaps = drawGaps(pairs, (tokens - 2 * pairs) / 2, power, stream.fork("gaps"));
    const start = s * tokens;
    for (let i = 0; i < pairs; i++) {
      symbols[start + 2 * i] = keys[i]!;
      symbols[start + 2 * i + 1] = values[i]!;
      const place = start + 2 * pairs + 2 * gaps[i]!;
      symbols[place] = keys[i]!;
      asked[s * pairs + i] = place;
      answers[s * pairs + i] = values[i]!;
      sources[s * pairs + i] = start + 2 * i + 1;
    }
  }
  return { sequences, tokens, symbols, asked, answers, sources };
}

/** Draws `count` different integers of [from, to). */
function drawDifferent(count: number, from: number, to: number, random: Random): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(from + random.below(to - from));
  return [...drawn];
}
