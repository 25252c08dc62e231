import { formatBytes, formatSeconds, formatUsd } from "../../core/units.ts";
import { bestOfGroups } from "../../studies/explain/result.ts";
import type { ChangeResult, ExplanationResult } from "../../studies/explain/result.ts";
import { formatTable } from "./table.ts";

import { formatPoints, pointsWithInterval } from "./points.ts";

/** A ranking as text: the unchanged reader and the best setting of each group, then the findings. */
export function formatExplanation({ base, ranking, findings, trials, priced }: ExplanationResult): string {
  const racks = base.cost?.systems.map(({ system }) => system) ?? [];
  const confirmed = trials.numerics > 0;
  const line = ({ rank, change, error, longError, gain, numerics, cost }: ChangeResult) => [
    rank === 0 ? "-" : String(rank),
    change,
    pointsWithInterval(error),
    formatPoints(longError),
    rank === 0 ? null : pointsWithInterval(gain),
    ...(confirmed ? [numerics && pointsWithInterval(numerics)] : []),
    cost && formatBytes(cost.bytesReadPerToken),
    cost && formatBytes(cost.bytesPerUser),
    ...racks.flatMap((_, s) => {
      const system = cost?.systems[s];
      return [
        system?.usersPerRack ?? null,
        system?.tpotSeconds == null ? null : formatSeconds(system.tpotSeconds),
        system?.dollarsPerMillion == null ? null : formatUsd(system.dollarsPerMillion),
      ];
    }),
  ];
  const titles = [
    "rank",
    "change",
    "error",
    "from 256K",
    "gain",
    ...(confirmed ? ["numerics"] : []),
    "read/token",
    "kept/user",
    ...racks.flatMap((rack) => [`users, ${rack}`, "step", "$/M"]),
  ];
  return [
    `mean error in points over the columns; ${trials.meanField} trials a column in the mean field; ${priced.model}, ${priced.users} users of ${priced.tokens} tokens`,
    "",
    formatTable(titles, [base, ...bestOfGroups(ranking)].map(line)),
    "",
    "rank: among all changes tried, of which the best of each kind is shown; -: the unchanged reader; gain: its error less this one",
    "",
    ...findings.map((finding) => `- ${finding}`),
  ].join("\n");
}
