/**
 * Share of a query that asks by the words before an answer's first token; the rest asks for the subject. Later tokens are
 * asked so, too, while the words written so far begin several answers that the reader must tell apart.
 */
export const firstByWords = 0.4;

/** Share of a query that asks by the words just written; the rest asks for the subject. */
export const laterByWords = 0.75;
