import { mean, median } from "../../core/stats.ts";
import { formatCall } from "../../core/spec.ts";
import { text } from "../../reader/geometry/text.ts";
import type { ReaderParams } from "../../reader/params.ts";
import type { CapturedHead } from "./heads.ts";
import type { QueryMeasures } from "./logits.ts";

/** Parameters of the reader that a capture gives. */
export interface MeasuredReader {
  /** as `attnsim run` takes them, in a configuration file too */
  readonly params: Pick<ReaderParams, "headDim" | "sharpness" | "fidelity" | "geometry"> &
    Partial<Pick<ReaderParams, "coherence">>;
  /** whether they are read off retrieval heads; without any they are read off all heads */
  readonly ofRetrievalHeads: boolean;
  /** whether the capture says what queries ask for; without it the largest logits stand for that */
  readonly ofFacts: boolean;
  /** match of a query in standard deviations of the logits that it does not match: the reader's is fidelity sqrt(d) */
  readonly margin: number;
}

/**
 * Reads the reader's parameters off heads. A logit of the reader is N(0, g^2) for a random key, and rho g sqrt(d) for a
 * match: g is the spread of logits, rho the match over sqrt(d). They are medians over the queries of retrieval heads: over
 * those whose fact is known, with the match of that fact, or else over those that retrieve.
 *
 * @param d dimension of a head
 */
export function readerOf(heads: readonly CapturedHead[], d: number): MeasuredReader {
  const retrieval = heads.filter(({ isRetrieval }) => isRetrieval);
  const ofRetrievalHeads = retrieval.length > 0;
  const chosen = ofRetrievalHeads ? retrieval : heads;
  const ofFacts = heads.some(({ fact }) => fact !== undefined);
  const counts = ({ fact, retrieved }: QueryMeasures): boolean =>
    ofFacts ? fact !== undefined : !ofRetrievalHeads || retrieved !== undefined;
  const queries = chosen.flatMap((head) => head.queries.filter(counts));
  const margin = median(queries.map(({ match, retrieved, fact }) => fact?.match ?? retrieved ?? match));
  const sharpness = median(queries.map(({ spread }) => spread));
  return {
    params: {
      headDim: d,
      sharpness: Number(sharpness.toPrecision(3)),
      fidelity: Number(Math.min(1, Math.max(0, margin) / Math.sqrt(d)).toPrecision(3)),
      ...(ofFacts && { coherence: coherenceOf(queries, d) }),
      geometry: geometryOf(mean(chosen.map(({ meanShare }) => meanShare))),
    },
    ofRetrievalHeads,
    ofFacts,
    margin,
  };
}

/**
 * Share of a token's key that it has in common with its record: in the reader a token before the anchor has the logit
 * sqrt(c) g sqrt(d), so that c is the square of its match over d.
 */
function coherenceOf(queries: readonly QueryMeasures[], d: number): number {
  const before = median(queries.flatMap(({ fact }) => fact?.before ?? []));
  return Number(Math.min(1, Math.max(0, before) ** 2 / d).toPrecision(3));
}

/** Parts of a key beside the mean, shares of its variance. */
const otherParts = ["kind", "token", "context", "subject"] as const;

/** Keys that follow the text, with this share of the mean. Other parts give way in proportion where it leaves too little. */
function geometryOf(share: number): string {
  const own = Math.min(1, Math.max(0, Number(share.toFixed(3))));
  const others = otherParts.reduce((sum, part) => sum + text.params[part].default, 0);
  if (own + others <= 1) return formatCall(text.name, { mean: own });
  const smaller = otherParts.map((part): [string, number] => [
    part,
    Math.floor(((1000 * (1 - own)) / others) * text.params[part].default) / 1000,
  ]);
  return formatCall(text.name, { mean: own, ...Object.fromEntries(smaller) });
}
