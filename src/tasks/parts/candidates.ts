import type { Features } from "./features.ts";

/** Answers that a readout tells apart at least. */
const readoutVocabulary = 1024;

/**
 * Candidates of a readout: the features of a text, and others of their kind that the text does not hold.
 *
 * @param kind names the others: `value`
 */
export const withOthers = (inText: Iterable<number>, features: Features, kind: string): Int32Array => {
  const own = [...new Set(inText)];
  for (let i = own.length; i < readoutVocabulary; i++) own.push(features.index(`${kind}: another, ${i}`));
  return Int32Array.from(own);
};
