import type { Entry } from "../../core/entry.ts";
import { formatBytes } from "../../core/units.ts";
import type { Model } from "../../hardware/model.ts";
import { unreadOf } from "../../hardware/quantities.ts";

/** Numbers of an entry that were not read at their source: `vera-rubin (all but reserved.share)`; empty for none. */
function unreadNumbers(entry: Entry): string[] {
  const { unread, read } = unreadOf(entry);
  if (unread.length === 0) return [];
  if (read.length === 0) return [`${entry.name} (all)`];
  return [
    read.length < unread.length
      ? `${entry.name} (all but ${read.join(", ")})`
      : `${entry.name} (${unread.join(", ")})`,
  ];
}

/** The line about keys of a model's config.json that were not understood, and the one about the tensors of its folder. */
function fileLines(entry: Entry & Partial<Pick<Model, "unread" | "stored">>): string[] {
  const { name, unread = [], stored = [] } = entry;
  return [
    ...(unread.length === 0 ? [] : [`keys of ${name} that were not understood: ${unread.join(", ")}`]),
    ...(stored.length === 0
      ? []
      : [
          `tensors of ${name}: ${stored.map(({ type, bytes }) => `${formatBytes(bytes)} of ${type}`).join(", ")}`,
        ]),
  ];
}

/**
 * The lines below a table about what was not read: numbers that were quoted or assumed, and keys that were not understood;
 * nothing if all were read.
 */
export function unreadLines(entries: readonly Entry[]): string[] {
  const all = [...new Set(entries)];
  const marked = all.flatMap(unreadNumbers);
  return [
    ...(marked.length === 0
      ? []
      : [`unread at their source, quoted elsewhere or assumed: numbers of ${marked.join("; ")}`]),
    ...new Set(all.flatMap(fileLines)),
  ];
}
