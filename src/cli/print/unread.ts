import type { Entry } from "../../core/entry.ts";
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

/** The line below a table that says which of its numbers were quoted or assumed; nothing if all were read. */
export function unreadLines(entries: readonly Entry[]): string[] {
  const marked = [...new Set(entries)].flatMap(unreadNumbers);
  return marked.length === 0
    ? []
    : [`unread at their source, quoted elsewhere or assumed: numbers of ${marked.join("; ")}`];
}
