import { mean, median } from "../../core/stats.ts";
import { formatCall } from "../../core/spec.ts";
import { text } from "../../reader/geometry/text.ts";
import type { ReaderParams } from "../../reader/params.ts";
import type { CapturedHead } from "./heads.ts";

/** Parameters of the reader that a capture gives. */
export interface MeasuredReader {
  /** as `attnsim run` takes them, in a configuration file too */
  readonly params: Pick<ReaderParams, "headDim" | "sharpness" | "fidelity" | "geometry">;
  /** whether they are read off retrieval heads; without any they are read off all heads */
  readonly ofRetrievalHeads: boolean;
  /** match of a query in standard deviations of the logits that it does not match: the reader's is fidelity sqrt(d) */
  readonly margin: number;
}

/**
 * Reads the reader's parameters off heads. A logit of the reader is N(0, g^2) for a random key, and rho g sqrt(d) for a
 * match: g is the spread of logits, rho the match over sqrt(d). They are medians over the queries that retrieve, of
 * retrieval heads alone.
 *
 * @param d dimension of a head
 */
export function readerOf(heads: readonly CapturedHead[], d: number): MeasuredReader {
  const retrieval = heads.filter(({ isRetrieval }) => isRetrieval);
  const ofRetrievalHeads = retrieval.length > 0;
  const chosen = ofRetrievalHeads ? retrieval : heads;
  const queries = chosen.flatMap((head) =>
    head.queries.filter(({ retrieved }) => !ofRetrievalHeads || retrieved !== undefined),
  );
  const margin = median(queries.map(({ match, retrieved }) => retrieved ?? match));
  const sharpness = median(queries.map(({ spread }) => spread));
  return {
    params: {
      headDim: d,
      sharpness: Number(sharpness.toPrecision(3)),
      fidelity: Number(Math.min(1, Math.max(0, margin) / Math.sqrt(d)).toPrecision(3)),
      geometry: geometryOf(mean(chosen.map(({ meanShare }) => meanShare))),
    },
    ofRetrievalHeads,
    margin,
  };
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
