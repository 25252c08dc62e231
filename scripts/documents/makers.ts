import { rooms } from "../../test/architecture/rooms.ts";
import type { Maker } from "./blocks.ts";
import { table } from "./markdown.ts";

/** The generated blocks of documents by name. */
export const makers: Readonly<Record<string, Maker>> = { rooms: roomsTable };

/** The table of rooms, from the rules that a test holds them to. */
function roomsTable(): string {
  const rows = rooms.map(({ name, imports, holds }, i) => {
    const allowed = i > 1 && imports.length === i ? "all above" : imports.join(", ");
    return [`\`${name}\``, allowed === "" ? "nothing" : allowed, holds];
  });
  return table({ titles: ["room", "may import", "holds"], rows });
}
