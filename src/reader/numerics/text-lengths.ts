import { tokenKind } from "../geometry/stream.ts";
import type { TokenStream } from "../geometry/stream.ts";
import type { TextGeometry } from "../geometry/geometry.ts";

/** Lengths of the parts of keys and values, token by token. */
export interface TextLengths {
  /** (N) part by which the mean of all keys is longer in a token's key; negative: shorter */
  readonly mean: Float64Array;
  /** (N) length of a token's value, as a multiple of a code's */
  readonly value: Float64Array;
}

/** Tokens whose keys and values have lengths. */
export interface LengthsAsked {
  readonly geometry: TextGeometry;
  readonly stream: TokenStream;
  /** (N) place of a token in the answer that it spells; -1 elsewhere */
  readonly place: Int32Array;
  /** (N) how far the kind of a token makes it stand out */
  readonly standing: Float64Array;
}

/** Lengths of the parts of keys and values of a prompt. */
export function textLengths({
  geometry: { familiar, modest, sink, salience, drain },
  stream,
  place,
  standing,
}: LengthsAsked): TextLengths {
  const known = knownShare(stream);
  const mean = known.map(
    (share, t) => familiar * share - (salience > 0 ? (modest * standing[t]!) / salience : 0),
  );
  const value = Float64Array.from(place, (answer, t) => {
    if (answer >= 0 || stream.kind[t] === tokenKind.code) return 1;
    return stream.kind[t] === tokenKind.word ? 1 - drain : (1 - drain) ** 2;
  });
  if (sink > 0) value[0] = 0;
  return { mean, value };
}

/** (N) n / (n + 1) for a token that the text has had n times before after the same words. */
function knownShare({ contexts, pieces }: TokenStream): Float64Array {
  const times = new Map<string, number>();
  return Float64Array.from(contexts.of, (context, t) => {
    const name = `${context}/${pieces.of[t]!}`;
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return before / (before + 1);
  });
}
