import type { Source } from "../../core/entry.ts";
import type { CheckResult, TrendResult } from "../../studies/published/result.ts";
import type { PublishedVerdicts } from "../../studies/published/run.ts";
import { formatTable } from "./table.ts";

/** Golden checks and trends as text, then a sentence on each trend. */
export const formatPublished = ({ checks, trends }: PublishedVerdicts): string =>
  [
    ...(checks.length > 0 ? [checkTable(checks)] : []),
    ...(trends.length > 0 ? [trendTable(trends)] : []),
    ...trends.map(trendNote),
  ].join("\n\n");

const checkTable = (checks: readonly CheckResult[]): string =>
  formatTable(
    ["golden check", "published", "ours", "verdict", "source"],
    checks.map(({ name, published, ours, unit, verdict, source }) => [
      name,
      `${published} ${unit}`.trim(),
      `${Number(ours.toPrecision(5))} ${unit}`.trim(),
      verdict,
      `${source.title}, ${source.where ?? ""}`,
    ]),
  );

const trendTable = (trends: readonly TrendResult[]): string =>
  formatTable(
    ["trend", "verdict", "published", "ours"],
    trends.map(({ name, verdict, published, ours }) => [name, verdict, published, ours]),
  );

const trendNote = ({ name, sentence, rule, note, sources }: TrendResult): string =>
  [
    `${name}: ${sentence}`,
    `  reproduced if ${rule}`,
    ...(note === undefined ? [] : [`  ${note}`]),
    ...sources.map((source) => `  ${formatSource(source)}`),
  ].join("\n");

const formatSource = ({ title, url, where }: Source): string =>
  [title, where, url].filter((part) => part !== undefined).join(", ");
