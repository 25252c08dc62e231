import type { Rotary } from "../../attention/cache.ts";
import { UsageError } from "../../core/errors.ts";
import { hash64 } from "../../core/random.ts";
import { flat } from "../../core/tensor.ts";
import type { FeatureTerm, RecordSet } from "../../tasks/circuit.ts";
import type { Problem } from "../../tasks/task.ts";
import type { TextGeometry } from "../geometry/geometry.ts";
import { rotaryOf } from "../geometry/position.ts";
import { tokenKind, tokenStream } from "../geometry/stream.ts";
import type { TokenStream } from "../geometry/stream.ts";
import { matrix } from "./codes.ts";
import { contentName, contentOf } from "./content.ts";
import { mapTokens } from "./embed.ts";
import type { TokenMap } from "./embed.ts";
import { textLengths } from "./text-lengths.ts";
import type { TextLengths } from "./text-lengths.ts";
import type { Workspace } from "./workspace.ts";

/** A prompt as keys that follow its text know it; the same for all heads. */
export interface TextPrompt {
  readonly geometry: TextGeometry;
  /** channels of keys and prefill's queries that hold positions */
  readonly rotary: Rotary;
  readonly stream: TokenStream;
  readonly map: TokenMap;
  readonly records: RecordSet;
  /** names of all features: those of the problem, then those that tell records of one key apart */
  readonly features: readonly string[];
  /** the subject of each record */
  readonly subjects: readonly (readonly FeatureTerm[])[];
  /** (N) place of a token in the answer that it spells, from 0; -1 elsewhere */
  readonly place: Int32Array;
  /** (N) how far a token stands out, in standard deviations of all tokens */
  readonly salience: Float32Array;
  /** lengths of the parts of keys and values */
  readonly lengths: TextLengths;
}

/** Tokens of a number: a longer word divides what it stands out by among its tokens. */
const tokensOfNumber = 3;

/** Reads a prompt for keys that follow its text. */
export function readTextPrompt(
  workspace: Pick<Workspace, "ops" | "seed" | "tokens" | "params">,
  { messages, features: own }: Pick<Problem, "messages" | "features">,
  { records, geometry }: Pick<TextPrompt, "records" | "geometry">,
): TextPrompt {
  const stream = tokenStream(messages);
  const { tokens } = workspace;
  if (stream.ids.length !== tokens)
    throw new UsageError(
      `this prompt is ${stream.ids.length} tokens as a whole and ${tokens} as it was counted; keys that follow the text need both to be equal`,
    );
  const features = [...own];
  const place = placesOf(records, stream);
  const standing = standingOf({ geometry, stream, place });
  return {
    geometry,
    rotary: rotaryOf(workspace.params.headDim, geometry.reach),
    stream,
    map: mapTokens(records, tokens),
    records,
    features,
    subjects: subjectsOf(records, features),
    place,
    salience: salienceOf(workspace, geometry, standing),
    lengths: textLengths({ geometry, stream, place, standing }),
  };
}

/** Places of tokens in the answers that they spell. A blank before a number is given. */
function placesOf({ count, spelled }: RecordSet, { blank }: TokenStream): Int32Array {
  const place = new Int32Array(blank.length).fill(-1);
  if (spelled)
    for (let r = 0; r < count; r++) {
      let next = 0;
      for (let t = spelled.from[r]!; t < spelled.to[r]!; t++) if (blank[t] === 0) place[t] = next++;
    }
  return place;
}

/**
 * Subject of each record: its key, and where several records have this key also their number, so that a reader who lists
 * them can ask for the next one.
 */
function subjectsOf(records: RecordSet, features: string[]): FeatureTerm[][] {
  const names = Array.from({ length: records.count }, (_, r) => contentName(records, r, features));
  const total = new Map<string, number>();
  for (const name of names) total.set(name, (total.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return names.map((name, r) => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    if (name === "" || total.get(name) === 1) return contentOf(records, r);
    const feature = features.push(`${name}, number ${nth}`) - 1;
    return [...contentOf(records, r, Math.SQRT1_2), { weight: Math.SQRT1_2, feature }];
  });
}

/** (N) how far the kind of a token makes it stand out; 0 for most. */
function standingOf({
  geometry: { salience, divide },
  stream: { kind, wordTokens },
  place,
}: Pick<TextPrompt, "geometry" | "stream" | "place">): Float64Array {
  return Float64Array.from(kind, (each, t) => {
    if (each !== tokenKind.code && place[t]! < 0) return 0;
    return Math.max(0, salience - divide * Math.log(wordTokens[t]! / tokensOfNumber));
  });
}

/** Draws how far tokens stand out. */
function salienceOf(
  { ops, seed, params: { headDim } }: Pick<Workspace, "ops" | "seed" | "params">,
  { opinion }: TextGeometry,
  standing: Float64Array,
): Float32Array {
  const drawn = matrix(Math.ceil(standing.length / headDim), headDim);
  ops.fillNormal(drawn, hash64(`${seed}/salience`));
  return Float32Array.from(standing, (own, t) => Math.sqrt(1 - opinion) * flat(drawn)[t]! + own);
}
