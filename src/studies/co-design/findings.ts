import { formatBytes, formatPercent, formatSeconds, formatShare } from "../../core/units.ts";
import { compare, finds, thresholds } from "../rules.ts";
import type { Comparison } from "../rules.ts";
import type { pieceRows } from "./pieces.ts";
import type { CoDesignQuestion } from "./question.ts";
import type { RackStep, TimedRackStep } from "./racks.ts";
import type { variantRows } from "./variants.ts";

type VariantRows = ReturnType<typeof variantRows>;
type PieceRows = ReturnType<typeof pieceRows>;

/** The row of a variant of the question. */
const rowOf = <T extends { readonly variant: string }>(rows: readonly T[], variant: string): T =>
  rows.find((row) => row.variant === variant)!;

/** Sentences about accuracy for bytes of HBM and NVLink. */
export function byteFindings(rows: VariantRows): string[] {
  const [dense, dsa] = [rowOf(rows, "dense"), rowOf(rows, "dsa(k=2048)")];
  const [least] = rows.filter((row) => finds(row.search)).sort((a, b) => a.hbmBytes - b.hbmBytes);
  const beside = `dsa(k=2048) reads ${formatBytes(dsa.hbmBytes)} for ${formatShare(dsa.search)}, dense ${formatBytes(dense.hbmBytes)} for ${formatShare(dense.search)}`;
  const sent = compare(dsa.gatheredBytes, dsa.exchangedBytes);
  const perToken = dsa.gatheredBytes / 2048;
  return [
    least === undefined
      ? `HBM: no variant scores ${formatShare(thresholds.finds)} on the search; ${beside}.`
      : `HBM: of variants that score at least ${formatShare(thresholds.finds)} on the search, ${least.variant} reads least, ${formatBytes(least.hbmBytes)} a user and step for ${formatShare(least.search)}; ${beside}.`,
    `NVLink: gathering the rows of dsa(k=2048) sends ${formatBytes(dsa.gatheredBytes)} a user and step, ${{ less: "less than", alike: "about what", more: "more than" }[sent]} exchanging the heads' outputs ${sent === "alike" ? "sends" : "does"} for any variant (${formatBytes(dsa.exchangedBytes)}). Gathering sends less up to ${Math.floor(dsa.exchangedBytes / perToken)} tokens.`,
  ];
}

/** Sentences about the size of pieces. */
export function pieceFindings({ read }: CoDesignQuestion, rows: PieceRows): string[] {
  const [one] = rows;
  const index = one!.indexReadBytes / (one!.indexReadBytes + one!.kvReadBytes);
  const hardly = 1 - index <= thresholds.alike;
  const found = rows.filter(({ block, search }) => block > 1 && finds(search));
  const largest = found.at(-1);
  const lost = rows.find((row) => row.block > (largest?.block ?? 1) && row.searchHigh < thresholds.finds);
  const vain = [one!.fetched - 1, one!.fetchedNarrow - 1] as const;
  const isWhole = vain.every((share) => share <= thresholds.alike);
  return [
    `Index: ${formatPercent(index)} of the bytes that dsa(k=${read}) reads are its index, a record for every token, so k ${hardly ? "hardly matters" : "matters"} to HBM.${
      largest === undefined
        ? ""
        : ` A mean for every ${largest.block} tokens is ${(one!.indexReadBytes / largest.indexReadBytes).toFixed(0)} times smaller.`
    }`,
    `Pieces: choosing single tokens, each a row of ${one!.pieceBytes} B, fetches ${formatPercent(vain[0])} in vain in fp8 and ${formatPercent(vain[1])} in nvfp4: memory ${isWhole ? "does not ask" : "asks"} for larger pieces.${
      largest === undefined
        ? " No larger block finds most of the nodes."
        : ` Blocks of ${largest.block} tokens still find (${formatShare(largest.search)})${lost === undefined ? "" : `, of ${lost.block} no more (${formatShare(lost.search)})`}.`
    }`,
  ];
}

/** Words for a step against another. */
const stepWords: Readonly<Record<Comparison, string>> = {
  less: "shorter steps",
  alike: "steps as long",
  more: "longer steps",
};

/** Words for the users who fit, against others: users are counted, so that one more is more. */
const userWords: Readonly<Record<Comparison, string>> = {
  less: "fewer users",
  alike: "as many users",
  more: "more users",
};

/** Each variant against dense attention on one rack, from both numbers. */
function against(rows: readonly TimedRackStep[]): string {
  const dense = rowOf(rows, "dense");
  const others = rows.filter(({ variant }) => variant !== "dense");
  return others
    .map((row) => {
      const step = stepWords[compare(row.stepSeconds, dense.stepSeconds)];
      const users = userWords[compare(row.usersPerRack, dense.usersPerRack, 0)];
      return `${row.variant} takes ${step} (${formatSeconds(row.stepSeconds)}, dense ${formatSeconds(dense.stepSeconds)}) and lets ${users} fit (${row.usersPerRack}, dense ${dense.usersPerRack})`;
    })
    .join("; ");
}

/** Sentences about steps on two racks, the older rack first. */
export function rackFindings({ systems, users }: CoDesignQuestion, all: readonly RackStep[]): string[] {
  const rows = all.filter((row): row is TimedRackStep => row.stepSeconds !== null);
  const untimed = all.filter(({ stepSeconds }) => stepSeconds === null);
  if (untimed.length > 0)
    return untimed.map(
      ({ system, variant, usersPerRack }) =>
        `${variant} on ${system}: the caches of ${usersPerRack} users fit, not those of ${users}.`,
    );
  const [older, newer] = systems.slice(0, 2).map(({ name }) => rows.filter(({ system }) => system === name));
  const [old, young] = [rowOf(older!, "dense"), rowOf(newer!, "dense")];
  const links = rowOf(older!, "dsa");
  const atPeak = links.idealLinkSeconds / links.linkSeconds;
  const gains = newer!.map((row) => {
    const other = rowOf(older!, row.variant);
    return `${row.variant} has ${userWords[compare(row.usersPerRack, other.usersPerRack, 0)]} (${row.usersPerRack}, ${other.usersPerRack}) and ${stepWords[compare(row.stepSeconds, other.stepSeconds)]} (${formatSeconds(row.stepSeconds)}, ${formatSeconds(other.stepSeconds)})`;
  });
  return [
    `Selection on ${old.system}, ${users} users: ${against(older!)}.`,
    `Links: with ${users} users ${formatPercent(links.linkSeconds / links.stepSeconds)} of a dsa step is exchanges over NVLink, ${formatSeconds(links.linkSeconds)}; their bytes at peak rate take ${formatSeconds(links.idealLinkSeconds)}, ${formatPercent(atPeak)} of that. ${
      atPeak < 0.5
        ? "The rest is latency: fewer exchanges would help more than smaller ones."
        : "Smaller exchanges would help more than fewer ones."
    }`,
    `${young.system} against ${old.system}: ${gains.join("; ")}. With dense attention exponentials take ${formatPercent(young.exponentialSeconds / young.hbmSeconds)} of the HBM time, ${formatPercent(old.exponentialSeconds / old.hbmSeconds)} on ${old.system}.`,
  ];
}
