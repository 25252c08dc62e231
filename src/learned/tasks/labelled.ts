/** Symbols and answers of several sequences. */
export interface LabelledBatch {
  readonly sequences: number;
  readonly tokens: number;
  /** (sequences, tokens) symbols, row-major */
  readonly symbols: Int32Array;
  /** places in `symbols` whose next symbol is asked for, sequence by sequence */
  readonly asked: Int32Array;
  /** right answer at each asked place */
  readonly answers: Int32Array;
  /** place in `symbols` of the token that holds each answer */
  readonly sources: Int32Array;
}

/** Asked places of a sequence with their answers; places are counted from the sequence's first token. */
export interface LabelledSequence {
  /** (tokens) */
  readonly symbols: ArrayLike<number>;
  readonly asked: readonly number[];
  readonly answers: readonly number[];
  readonly sources: readonly number[];
}

/** Joins sequences of one length. */
export function joinSequences(all: readonly LabelledSequence[]): LabelledBatch {
  const tokens = all[0]!.symbols.length;
  const symbols = new Int32Array(all.length * tokens);
  all.forEach((one, s) => symbols.set(one.symbols, s * tokens));
  const placed = (of: (one: LabelledSequence) => readonly number[], step: number): Int32Array =>
    Int32Array.from(all.flatMap((one, s) => of(one).map((value) => s * step + value)));
  return {
    sequences: all.length,
    tokens,
    symbols,
    asked: placed(({ asked }) => asked, tokens),
    answers: placed(({ answers }) => answers, 0),
    sources: placed(({ sources }) => sources, tokens),
  };
}
