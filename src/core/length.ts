import { UsageError } from "./errors.ts";

const multiples: Readonly<Record<string, number>> = { K: 1, M: 1024 };

/**
 * A context length in tokens from `131072`, `128K` or `1M`. A K is 1024 tokens, unless the task's public dataset has
 * that length in thousands and not in 1024s, as Graphwalks has: there 128K is 128,000 and 1M is 1,024,000.
 *
 * @throws UsageError for anything else
 */
export function parseLength(length: number | string, lengths: readonly number[] = []): number {
  const [, digits, suffix] = /^\s*(\d+(?:\.\d+)?)\s*([KkMm]?)\s*$/.exec(String(length)) ?? [];
  const kilo = Number(digits) * (multiples[suffix?.toUpperCase() ?? ""] ?? NaN);
  const exact = suffix === "" ? Number(digits) : kilo * 1024;
  const thousands = suffix === "" ? exact : kilo * 1000;
  const tokens = lengths.includes(thousands) && !lengths.includes(exact) ? thousands : exact;
  if (Number.isSafeInteger(tokens) && tokens >= 1) return tokens;
  throw new UsageError(
    `tokens must be an integer >= 1, alone or with K or M, such as 131072, 128K, 1M; got "${length}"`,
  );
}

/** A context length in short: 128K for 131,072, and for the 128,000 of datasets that count in thousands. */
export function formatLength(tokens: number): string {
  const kilos = [tokens / 1024, tokens / 1000].filter(Number.isInteger);
  const kilo = kilos.find((value) => Number.isInteger(Math.log2(value))) ?? kilos[0];
  if (kilo === undefined) return String(tokens);
  return Number.isInteger(kilo / 1024) ? `${kilo / 1024}M` : `${kilo}K`;
}
