import type { RecordSet } from "../circuit.ts";
import type { CountTokens } from "./tokenizer.ts";

/** Characters [start, end) of a text. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** A span that tells something, and where the text spells it. */
export interface RecordText extends TextSpan {
  /** within the span */
  readonly value: TextSpan;
}

/** Spans of a text as records, in tokens. */
export interface RecordSpans {
  readonly spans: Pick<RecordSet, "count" | "start" | "anchor" | "spelled">;
  /** last token before the question */
  readonly contextEnd: number;
}

/**
 * Counts where spans of a text stand in tokens: exact where no token reaches over an end of one.
 *
 * @param spans ascending, without overlaps
 * @param question character at which the question begins, behind all spans
 */
export function recordSpans(
  text: string,
  spans: readonly (TextSpan | RecordText)[],
  question: number,
  count: CountTokens,
): RecordSpans {
  const [start, anchor, from, to] = Array.from({ length: 4 }, () => new Int32Array(spans.length));
  let [at, tokens] = [0, 0];
  const tokensBefore = (place: number): number => {
    tokens += count(text.slice(at, place));
    at = place;
    return tokens;
  };
  spans.forEach((span, r) => {
    start![r] = tokensBefore(span.start);
    if ("value" in span) {
      from![r] = tokensBefore(span.value.start);
      to![r] = tokensBefore(span.value.end);
    }
    anchor![r] = tokensBefore(span.end) - 1;
  });
  const spelled = spans.some((span) => "value" in span) ? { spelled: { from: from!, to: to! } } : {};
  return {
    spans: { count: spans.length, start: start!, anchor: anchor!, ...spelled },
    contextEnd: tokensBefore(question) - 1,
  };
}

/** Start of the token of a word that stands at a place of a text: a blank before the word belongs to it. */
export const wordStart = (text: string, at: number): number => (text[at - 1] === " " ? at - 1 : at);
