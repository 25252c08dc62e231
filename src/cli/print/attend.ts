import { formatBytes } from "../../core/units.ts";
import type { AttendReport } from "../../runs/attend-files.ts";
import { formatTable } from "./table.ts";

/** Sizes, the cost of a decode step, and a table of heads. */
export function formatAttend({ variant, engine, threads, cost, heads, ...shapes }: AttendReport): string {
  const { queryHeads, kvHeads, queries, tokens, headDim } = shapes;
  const percent = (share: number | undefined): string =>
    share === undefined ? "-" : `${(100 * share).toFixed(2)}%`;
  return [
    `${variant} on ${engine}, ${threads} ${threads === 1 ? "thread" : "threads"}: ${queries} queries of ${queryHeads} heads over ${tokens} tokens of ${kvHeads} kv heads, d ${headDim}`,
    `a decode step keeps ${formatBytes(cost.keptBytes)} (index ${formatBytes(cost.indexKeptBytes)}) and reads ` +
      `${formatBytes(cost.kvReadBytes)} (index ${formatBytes(cost.indexReadBytes)})`,
    "",
    formatTable(
      ["head", "kv head", "tokens read", "entropy (nats)", "dense mass", "error"],
      heads.map(({ head, kvHead, tokensRead, entropy, denseMass, error }) => [
        head,
        kvHead,
        Math.round(tokensRead),
        entropy.toFixed(3),
        percent(denseMass),
        percent(error),
      ]),
    ),
  ].join("\n");
}
