import type { Ops, Space } from "./ops.ts";

/** Memory of an engine that is given out again, empty, under the label that it had. */
export function reusedSpaces(ops: Ops): Ops["space"] {
  const spaces = new Map<string, Space>();
  return (label) => {
    const before = spaces.get(label);
    before?.clear();
    const space = before ?? ops.space(label);
    spaces.set(label, space);
    return space;
  };
}
