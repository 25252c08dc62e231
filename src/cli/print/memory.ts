import { formatBytes, formatNumber } from "../../core/units.ts";
import type { MemoryRow } from "../../studies/racks/memory.ts";
import { formatShortage, orDash } from "./racks.ts";
import type { RackTable } from "./racks.ts";
import { formatTable } from "./table.ts";

/** Columns of memory. @param users number of users whose lack is told */
export const memoryTable = (users: number): RackTable<MemoryRow> => ({
  columns: [
    ["divided as", (row) => row.parallel],
    ["weights", (row) => formatBytes(row.weightBytes)],
    ["left", (row) => formatBytes(row.availableBytes)],
    ["KV a user", (row) => formatBytes(row.keptBytes)],
    ["KV a token", (row) => formatBytes(row.keptBytes / row.tokens)],
    [
      "index a user",
      (row) => formatShortage(row.indexKeptBytes),
      (rows) => rows.some((row) => row.indexKeptBytes > 0),
    ],
    [
      "state a user",
      (row) => formatShortage(row.stateBytes),
      (rows) => rows.some((row) => row.stateBytes > 0),
    ],
    ["host a user", (row) => formatShortage(row.hostBytes), (rows) => rows.some((row) => row.hostBytes > 0)],
    [
      "reserved a user",
      (row) => orDash(row.reservedBytes, formatBytes),
      (rows) => rows.some((row) => row.reservedBytes !== null),
    ],
    ["fixed + a token", (row) => reservedText(row), (rows) => rows.some((row) => row.reservedBytes !== null)],
    ["users a GPU", (row) => formatNumber(row.usersPerGpu)],
    ["users a rack", (row) => row.usersPerRack],
    [`short for ${users}`, (row) => formatShortage(row.shortBytes)],
    [
      "host short",
      (row) => formatShortage(row.hostShortBytes),
      (rows) => rows.some((row) => row.hostShortBytes > 0),
    ],
  ],
  notes: {
    left: "memory for caches on all GPUs, when weights are stored",
    "KV a token": "K and V of all layers",
    "reserved a user": "what the engine's rule sets aside, all GPUs of a group together",
    "fixed + a token":
      "the same as bytes whatever the length and bytes of each token, once windows are full; or: the larger of the two",
    [`short for ${users}`]: `memory that ${users === 1 ? "one user lacks" : `${users} users lack`}; -: none`,
    "host short": "the same of the host processors' memory",
  },
  measure: ({ usersPerRack }) => usersPerRack,
  spare: [
    "KV as",
    "left",
    "host a user",
    "state a user",
    "index a user",
    "weights",
    "divided as",
    "users a GPU",
    "attention",
    "system",
    "fixed + a token",
  ],
});

/** Memory that an engine's rule sets aside, as a line over tokens. */
const reservedText = ({ reservedFixed, reservedSlope, reservedLarger }: MemoryRow): string =>
  reservedFixed === null || reservedSlope === null
    ? "-"
    : `${formatBytes(reservedFixed)} ${reservedLarger ? "or" : "+"} ${formatBytes(reservedSlope)}`;

/** The numbers of a row with what they rest on. */
export function formatParts({ names, kvDtype, tokens, parts }: MemoryRow): string {
  const cells = parts.map(({ part, amount: size, how }) => [part, size, how]);
  const title = `${names.model}, ${names.variant} in ${kvDtype}, ${tokens} tokens, on ${names.system}:`;
  return `\n${title}\n${formatTable(["number", "amount", "rests on"], cells)}`;
}
