import type { Score } from "../task.ts";

/**
 * RULER's string_match_all: the share of the references that the response holds, whatever the case of letters
 * (scripts/eval/synthetic/constants.py).
 */
export function matchAll(response: string, references: readonly string[]): Score {
  const text = response.toLowerCase();
  const found = references.filter((reference) => text.includes(reference.toLowerCase())).length;
  return { score: found / references.length, exact: found === references.length };
}
