import { formatBytes } from "../../core/units.ts";
import type { ProfileRow } from "../../runs/profile.ts";
import { formatLength } from "../../core/length.ts";
import { groupBy } from "../../core/group.ts";
import { formatTable } from "./table.ts";

/** Largest memory of this process, with its engines and workers. */
export const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

/** A table for each task and length, and the peak of memory. Times of parallel workers add up. */
export function formatProfile(rows: readonly ProfileRow[]): string {
  const tables = [...groupBy(rows, ({ task, tokens }) => `${task}, ${formatLength(tokens)}`)].map(
    ([title, own]) =>
      formatTable(
        [title, "part", "calls", "seconds", "share"],
        [...own.map(lineOf), ["all", "", null, seconds(sum(own)), "100%"]],
      ),
  );
  return [...tables, `peak memory ${formatBytes(peakBytes())}`].join("\n\n");
}

const lineOf = ({ variant, part, calls, seconds: took, share }: ProfileRow): (string | number)[] => [
  variant || "(shared)",
  part,
  calls,
  seconds(took),
  `${(100 * share).toFixed(1)}%`,
];

const sum = (rows: readonly ProfileRow[]): number => rows.reduce((all, row) => all + row.seconds, 0);

const seconds = (value: number): string => value.toFixed(3);
