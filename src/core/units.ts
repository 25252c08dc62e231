import type { Source } from "./entry.ts";
import { largest, smallest } from "./decimal.ts";
import { UsageError } from "./errors.ts";
import type { MeanEstimate } from "./stats.ts";

/** Units of quantities. Decimal prefixes belong to formatting: 1 GB = 1e9 B. `1` is a count or a ratio. */
export type Unit = "1" | "B" | "B/s" | "FLOP/s" | "op/s" | "s" | "W" | "USD/h";

/** A number with its unit and source. */
export interface Quantity<U extends Unit = Unit> {
  readonly value: number;
  readonly unit: U;
  readonly source: Source;
  /** condition, conversion or reason */
  readonly note?: string;
}

/** Makes quantities from one source: `const datasheet = from({ title, url }); datasheet(8e12, "B/s")`. */
export const from =
  (source: Source) =>
  <U extends Unit>(
    value: number,
    unit: U,
    { where, note }: { where?: string; note?: string } = {},
  ): Quantity<U> => ({
    value,
    unit,
    source: where === undefined ? source : { ...source, where },
    ...(note === undefined ? {} : { note }),
  });

const prefixes = [
  [1e18, "E"],
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "u"],
  [1e-9, "n"],
] as const;

/**
 * Reads a number with a decimal prefix in a unit: `4.5PFLOP/s`, `960 GB`, `5us`; without a unit for a count.
 *
 * @param what name of the quantity, for messages
 * @throws UsageError for another unit, or for anything but a number > 0
 */
export function parseQuantity(what: string, text: string, unit: Unit): number {
  const plain = unit === "1" ? "" : unit;
  const [, digits = "", rest = ""] = /^\s*([-+\d.]+(?:e[-+]?\d+)?)\s*(.*?)\s*$/.exec(text) ?? [];
  const factor = prefixes.find(([, prefix]) => rest === prefix + plain)?.[0];
  const value = Number(digits) * (factor ?? NaN);
  if (value >= smallest && value <= largest) return value;
  if (value > 0)
    throw new UsageError(`${what} must lie between ${smallest} and ${largest}; got "${text.trim()}"`);
  throw new UsageError(
    `${what} must be a number > 0${plain === "" ? "" : ` in ${plain}, with a prefix or without (${exampleOf(plain)})`}; got "${text.trim()}"`,
  );
}

const exampleOf = (unit: string): string =>
  ({ "B/s": "900GB/s", B: "288GB", "FLOP/s": "4.5PFLOP/s", "op/s": "5Top/s", s: "4.7us" })[unit] ??
  `3${unit}`;

/** Three significant digits, and whole numbers from 1000 on: `12593`, `152`, `20.7`, `0.0625`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** A value in a unit, with the decimal prefix that leaves one to three digits before the point: `152 GB`. */
export function formatUnit(value: number, unit: string): string {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(Number(value.toPrecision(3)));
  const smallest = unit === "s" ? prefixes.length : prefixes.findIndex(([factor]) => factor === 1) + 1;
  const [factor, prefix] = (size === 0
    ? undefined
    : prefixes.slice(0, smallest).find(([f]) => size >= f)) ?? [1, ""];
  return `${formatNumber(value / factor)} ${prefix}${unit}`;
}

/** Bytes in decimal units: `20.7 GB`. */
export const formatBytes = (bytes: number): string => formatUnit(bytes, "B");

/** A duration: `12.4 ms`. */
export const formatSeconds = (seconds: number): string => formatUnit(seconds, "s");

/** A count: `2112` as it is, a mean count with three digits: `7.11`. */
export const formatCount = (count: number): string =>
  String(Number.isInteger(count) ? count : Number(count.toPrecision(3)));

/** A quantity as a table shows it: `8 TB/s`, `2.5 PFLOP/s`, `72`, `671e9`. */
export function formatQuantity({ value, unit }: Quantity): string {
  if (unit !== "1") return formatUnit(value, unit);
  return value >= 1e9 ? `${Number((value / 1e9).toPrecision(6))}e9` : String(value);
}

/** A share in two decimals, in short: .98, 1.0. */
export const formatShare = (value: number): string =>
  value.toFixed(2) === "1.00" ? "1.0" : value.toFixed(2).replace(/^(-?)0/, "$1");

/** An amount of money: `$0.084`, `$30`, `$2.50`. */
export const formatUsd = (usd: number): string =>
  usd >= 1 && !Number.isInteger(usd) ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(3))}`;

/** A relative change: `-44%`, `+100%`, and `0%` for less than half a percent. */
export function formatChange(change: number): string {
  const percent = Math.round(100 * Math.abs(change));
  return percent === 0 ? "0%" : `${change < 0 ? "-" : "+"}${percent}%`;
}

/** A share in whole percent: `44%`. */
export const formatPercent = (share: number): string => `${Math.round(100 * share)}%`;

/** A mean with its 95% interval, `.85 [.80 .90]`, or with the range of too few values, `.85 (.80-.90)`. */
export function formatMean({ mean, low, high, kind, trials }: MeanEstimate): string {
  const [middle, from, to] = [mean, low, high].map(formatShare);
  if (kind === "range") return trials === 1 ? middle! : `${middle!} (${from!}-${to!})`;
  return `${middle!} [${from!} ${to!}]`;
}

/** A mean difference with its 95% interval, `+.40 [.20 .60]`, or with the range of too few values, `+.40 (-.10 to .90)`. */
export function formatDifference({ mean, low, high, kind, trials }: MeanEstimate): string {
  const [middle, from, to] = [mean, low, high].map(formatShare);
  const shown = mean < 0 ? middle! : `+${middle!}`;
  if (kind === "range") return trials === 1 ? shown : `${shown} (${from!} to ${to!})`;
  return `${shown} [${from!} ${to!}]`;
}
