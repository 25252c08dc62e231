import { InvalidArgumentError } from "@commander-js/extra-typings";
import { parseLength } from "../experiment/trial.ts";

/** Reads a number of tokens: `131072`, `128K`, `1M` (1K is 1024). @throws UsageError for anything else */
export const tokenCount = (text: string): number => parseLength(text);

/** Reads an integer of at least `min`. */
export const integer =
  (min: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`allowed: an integer >= ${min}`);
  };

/** Reads a number greater than 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("allowed: a number > 0");
}
