import { InvalidArgumentError } from "@commander-js/extra-typings";

const suffixes: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2 };

/** Reads a number of tokens: `131072`, `128K`, `1M` (1K is 1024). */
export function tokenCount(text: string): number {
  const [, digits, suffix] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text) ?? [];
  const count = Number(digits) * (suffixes[suffix?.toLowerCase() ?? ""] ?? NaN);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError("allowed: an integer >= 1, or with K (x 1024) or M (x 1048576)");
}

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
