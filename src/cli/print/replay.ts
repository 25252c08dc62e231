import { formatNumber, formatSeconds } from "../../core/units.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import type { Request } from "../../hardware/serving/arrivals.ts";
import type { ReplayQuestion, ReplayRow } from "../../studies/racks/replay.ts";
import type { RackTable } from "./racks.ts";

/** Least and largest of some numbers of tokens, or the one that all are. */
function rangeOf(tokens: readonly number[]): string {
  const [least, most] = [Math.min, Math.max].map((of) => tokens.reduce((a, b) => of(a, b)));
  return least === most ? String(most) : `${least} to ${most}`;
}

/** Assumptions of a replay of these requests. */
export const replayLines = (
  { trace, rate = 1, variation, seed }: ReplayQuestion,
  requests: readonly Request[],
): string[] => [
  trace === undefined
    ? `${requests.length} requests, ${rate} a second, gamma-distributed times between arrivals with variation ${variation}, seed ${seed}`
    : `${requests.length} requests of ${trace}`,
  `a request: ${rangeOf(requests.map(({ inputTokens }) => inputTokens))} tokens in, ${rangeOf(requests.map(({ outputTokens }) => outputTokens))} out`,
  "replay on one replica that prefills and decodes; a request is admitted when its whole cache fits",
];

/** A row for programs. */
const replayData = ({ batch, plan, ...row }: ReplayRow) => ({
  ...row,
  asked: batch,
  divided: formatParallel(plan.decode.parallel),
  gpus: plan.served.gpus,
});

const percent = (share: number): string => `${formatNumber(100 * share)}%`;

const replayColumns: RackTable<ReplayRow> = {
  columns: [
    ["divided as", ({ plan }) => formatParallel(plan.decode.parallel)],
    ["GPUs", ({ plan }) => plan.served.gpus],
    ["requests", ({ requests }) => requests],
    ["TTFT p50", ({ ttftSeconds }) => formatSeconds(ttftSeconds.p50)],
    ["p90", ({ ttftSeconds }) => formatSeconds(ttftSeconds.p90)],
    ["p99", ({ ttftSeconds }) => formatSeconds(ttftSeconds.p99)],
    ["TPOT p50", ({ tpotSeconds }) => formatSeconds(tpotSeconds.p50)],
    ["p90", ({ tpotSeconds }) => formatSeconds(tpotSeconds.p90)],
    ["p99", ({ tpotSeconds }) => formatSeconds(tpotSeconds.p99)],
    ["mean batch", ({ meanBatch }) => formatNumber(meanBatch)],
    ["input tokens/s", ({ inputPerSecond }) => formatNumber(inputPerSecond)],
    ["output tokens/s", ({ outputPerSecond }) => formatNumber(outputPerSecond)],
    ["utilisation", ({ utilisation }) => percent(utilisation)],
    ["KV peak", ({ peakKvShare }) => percent(peakKvShare)],
  ],
  measure: ({ outputPerSecond }) => outputPerSecond,
  spare: [
    "KV peak",
    "utilisation",
    "KV as",
    "divided as",
    "GPUs",
    "p90",
    "p90",
    "requests",
    "batch",
    "attention",
    "context",
    "input tokens/s",
    "system",
  ],
};

/** How replays are shown. */
export const replayAnswer = {
  table: replayColumns,
  data: replayData,
  title: "What do these requests see?",
};
