import { formatBytes, formatSeconds, formatShare } from "../../core/units.ts";
import type { pieceRows } from "./pieces.ts";
import type { CoDesignQuestion } from "./question.ts";
import type { rackRows } from "./racks.ts";
import type { variantRows } from "./variants.ts";

/** Score from which a search finds most of the nodes. */
const finds = 0.75;

const share = (part: number, whole: number): string => `${Math.round((100 * part) / whole)}%`;

/** The row of a variant of the question. */
const rowOf = <T extends { readonly variant: string }>(rows: readonly T[], variant: string): T =>
  rows.find((row) => row.variant === variant)!;

/** Sentences about accuracy for bytes of HBM and NVLink. */
export function byteFindings(rows: ReturnType<typeof variantRows>): string[] {
  const [dense, dsa] = [rowOf(rows, "dense"), rowOf(rows, "dsa(k=2048)")];
  const least = rows.filter((row) => row.search >= finds).sort((a, b) => a.hbmBytes - b.hbmBytes)[0]!;
  const perToken = dsa.gatheredBytes / 2048;
  return [
    `HBM: of variants that score at least ${formatShare(finds)} on the search, ${least.variant} reads least, ${formatBytes(least.hbmBytes)} a user and step for ${formatShare(least.search)}; dsa(k=2048) reads ${formatBytes(dsa.hbmBytes)} for ${formatShare(dsa.search)}, dense ${formatBytes(dense.hbmBytes)} for ${formatShare(dense.search)}.`,
    `NVLink: gathering the rows of dsa(k=2048) sends ${formatBytes(dsa.gatheredBytes)} a user and step. Exchanging the heads' outputs sends ${formatBytes(dsa.exchangedBytes)} for any variant. Up to ${Math.floor(dsa.exchangedBytes / perToken)} tokens the rows are less. Dense attention must exchange.`,
  ];
}

/** Sentences about the size of pieces. */
export function pieceFindings({ read }: CoDesignQuestion, rows: ReturnType<typeof pieceRows>): string[] {
  const [one, ...larger] = rows;
  const largest = larger.filter((row) => row.search >= finds).at(-1)!;
  const next = larger[larger.indexOf(largest) + 1]!;
  return [
    `Index: ${share(one!.indexReadBytes, one!.indexReadBytes + one!.kvReadBytes)} of the bytes that dsa(k=${read}) reads are its index, a record for every token; k hardly matters to HBM. A mean for every ${largest.block} tokens is ${Math.round(one!.indexReadBytes / largest.indexReadBytes)} times smaller.`,
    `Pieces: a token's row of ${one!.pieceBytes} B is whole sectors; choosing single tokens fetches ${share(one!.fetched - 1, 1)} in vain in fp8, ${share(one!.fetchedNarrow - 1, 1)} in nvfp4. Memory does not ask for pages, only the size of the index does. Blocks of ${largest.block} tokens still find (${formatShare(largest.search)}), of ${next.block} no more (${formatShare(next.search)}).`,
  ];
}

/** Sentences about steps on two racks, the older rack first. */
export function rackFindings(
  { systems, users }: CoDesignQuestion,
  rows: ReturnType<typeof rackRows>,
): string[] {
  const [older, newer] = systems.slice(0, 2).map(({ name }) => rows.filter(({ system }) => system === name));
  const [old, young] = [rowOf(older!, "dense"), rowOf(newer!, "dense")];
  const links = rowOf(older!, "dsa");
  return [
    `Links: with ${users} users ${share(links.linkSeconds, links.stepSeconds)} of a dsa step is exchanges over NVLink, ${formatSeconds(links.linkSeconds)}; their bytes at peak rate take ${formatSeconds(links.idealLinkSeconds)}. The rest is latency: fewer exchanges would help more than smaller ones.`,
    `${young.system}: ${young.usersPerRack} users with dense attention, ${old.usersPerRack} on ${old.system}, at the same bandwidth and nearly the same step (${formatSeconds(young.stepSeconds)}, ${formatSeconds(old.stepSeconds)}). Exponentials take ${share(young.exponentialSeconds, young.hbmSeconds)} of the HBM time, ${share(old.exponentialSeconds, old.hbmSeconds)} on ${old.system}. Where attention selects, it adds capacity.`,
  ];
}
