import { formatBytes, formatNumber, formatSeconds } from "../../core/units.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import type { RequestTrace } from "../../files/trace.ts";
import { formatLevels } from "../../hardware/serving/levels.ts";
import type { ServiceLevel } from "../../hardware/serving/levels.ts";
import type { PrefixCounts, PrefixTier } from "../../hardware/serving/prefix-cache.ts";
import type { TraceSummary } from "../../hardware/serving/trace.ts";
import type { GoodputRow, ReplayQuestion, ReplayRow } from "../../studies/racks/replay.ts";
import type { RackRow } from "../../studies/racks/settings.ts";
import { orDash } from "./racks.ts";
import type { RackColumn, RackTable } from "./racks.ts";
import type { TableCell } from "./table.ts";

/** Least and largest of some numbers of tokens, or the one that all are. */
function rangeOf(tokens: readonly number[]): string {
  const [least, most] = [Math.min, Math.max].map((of) => tokens.reduce((a, b) => of(a, b)));
  return least === most ? String(most) : `${least} to ${most}`;
}

/** Rows of a trace that are no requests, in words. */
const leftOutText = (leftOut: number): string =>
  leftOut === 0 ? "" : `; ${leftOut} rows without tokens left out`;

/** Users of a closed loop, in words. */
const usersText = ({ users, thinkTime }: ReplayQuestion): string =>
  `${users} users of a replica, each with one request at a time; ${
    thinkTime === undefined
      ? "they think for the time that the trace gives, or not at all"
      : `they think for ${formatSeconds(thinkTime)}`
  }`;

const tierTexts: Readonly<Record<PrefixTier, string>> = {
  off: "blocks of prompts are not kept",
  hbm: "prefix cache in the HBM of each group of caches, least recently used first out",
  host: "prefix cache in the HBM of each group of caches and behind it in the host's memory, least recently used first out",
};

/** Assumptions of a replay of these requests. @param question a rate is left out where the replay finds it */
export function replayLines(
  question: ReplayQuestion & { readonly slo?: readonly ServiceLevel[] | undefined },
  { requests, format, leftOut }: RequestTrace,
): string[] {
  const { trace, rate, variation, seed, slo, users, prefixCache } = question;
  const drawn = `${requests.length} requests`;
  return [
    trace !== undefined
      ? `${drawn} of ${trace}${format === "own" ? "" : ` (${format})`}${leftOutText(leftOut)}`
      : users === undefined
        ? `${drawn}${slo === undefined ? `, ${rate} a second` : ""}, gamma-distributed times between arrivals with variation ${variation}, seed ${seed}`
        : drawn,
    ...(users === undefined ? [] : [usersText(question)]),
    `a request: ${rangeOf(requests.map(({ inputTokens }) => inputTokens))} tokens in, ${rangeOf(requests.map(({ outputTokens }) => outputTokens))} out`,
    "replay on one replica that prefills and decodes; a request is admitted when its whole cache fits",
    ...(requests.some(({ blocks }) => blocks !== undefined) ? [tierTexts[prefixCache]] : []),
    ...(slo === undefined
      ? []
      : [
          `levels: ${formatLevels(slo)}; the largest rate, to 1%, at which replays of the same arrivals, scaled in time, keep them`,
        ]),
  ];
}

/** A row for programs. */
const replayData = ({ batch, plan, ...row }: ReplayRow) => ({
  ...row,
  asked: batch,
  divided: formatParallel(plan.decode.parallel),
  gpus: plan.served.gpus,
});

const percent = (share: number): string => `${formatNumber(100 * share)}%`;

/** Columns of a replay's times and rates; `-` where there is none. */
const summaryColumns = <Row extends RackRow>(
  summaryOf: (row: Row) => TraceSummary | undefined,
): RackColumn<Row>[] => {
  const column = (title: string, cell: (summary: TraceSummary) => TableCell): RackColumn<Row> => [
    title,
    (row) => {
      const summary = summaryOf(row);
      return summary === undefined ? "-" : cell(summary);
    },
  ];
  const times = (title: string, measure: ServiceLevel["measure"]): RackColumn<Row>[] => [
    column(`${title} p50`, (summary) => formatSeconds(summary[measure].p50)),
    column("p90", (summary) => formatSeconds(summary[measure].p90)),
    column("p99", (summary) => formatSeconds(summary[measure].p99)),
  ];
  return [
    ...times("TTFT", "ttftSeconds"),
    ...times("TPOT", "tpotSeconds"),
    ...times("E2E", "requestSeconds"),
    column("mean batch", ({ meanBatch }) => formatNumber(meanBatch)),
    column("input tokens/s", ({ inputPerSecond }) => formatNumber(inputPerSecond)),
    column("output tokens/s", ({ outputPerSecond }) => formatNumber(outputPerSecond)),
    column("utilisation", ({ utilisation }) => percent(utilisation)),
    column("KV peak", ({ peakKvShare }) => percent(peakKvShare)),
  ];
};

/** Columns that a narrow terminal may lack, the least important first. */
const spare = [
  "KV peak",
  "utilisation",
  "KV as",
  "divided as",
  "GPUs",
  "p90",
  "p90",
  "p90",
  "requests",
  "batch",
  "attention",
  "context",
  "input tokens/s",
  "E2E p50",
  "system",
];

const notes = {
  "TTFT p50": "time to the first token; half of the requests take no longer, p90: 90%, p99: 99%",
  "TPOT p50": "time of each token after the first",
  "E2E p50": "time of a whole request, from its arrival to its last token",
  "mean batch": "sequences that decode in a pass, in the mean over time",
};

/** A column of a prefix cache's counts. */
const prefixColumn = (title: string, cell: (counts: PrefixCounts) => string): RackColumn<ReplayRow> => [
  title,
  ({ prefix }) => (prefix === undefined ? "-" : cell(prefix)),
];

const prefixColumns: readonly RackColumn<ReplayRow>[] = [
  prefixColumn("hits HBM", ({ hbmTokens, promptTokens }) => percent(hbmTokens / promptTokens)),
  prefixColumn("hits host", ({ hostTokens, promptTokens }) => percent(hostTokens / promptTokens)),
  prefixColumn("evicted", ({ evictedBytes }) => formatBytes(evictedBytes)),
  prefixColumn("dropped", ({ droppedBlocks }) => formatNumber(droppedBlocks)),
];

const prefixNotes = {
  "hits HBM": "share of the prompts' tokens that the prefix cache held; host: that the host's memory held",
  evicted: "blocks that left HBM; dropped: number of blocks that were kept nowhere",
};

/** Columns of replays. @param isCached whether the requests name blocks that a prefix cache keeps */
const replayColumns = (isCached: boolean): RackTable<ReplayRow> => ({
  columns: [
    ["divided as", ({ plan }) => formatParallel(plan.decode.parallel)],
    ["GPUs", ({ plan }) => plan.served.gpus],
    ["requests", ({ requests }) => requests],
    ...(isCached ? prefixColumns : []),
    ...summaryColumns<ReplayRow>((row) => row),
  ],
  notes: isCached ? { ...notes, ...prefixNotes } : notes,
  measure: ({ outputPerSecond }) => outputPerSecond,
  spare,
});

/** The largest rate in words. It has a plus if the levels are kept where requests never lack. */
const rateText = ({ found }: GoodputRow): string =>
  found === undefined ? "none" : `${formatNumber(found.rate)}${found.isMost ? "+" : ""}`;

const perGpu = ({ found, plan }: GoodputRow): number | null =>
  found === undefined ? null : found.rate / plan.served.gpus;

const goodputColumns: RackTable<GoodputRow> = {
  columns: [
    ["divided as", ({ plan }) => formatParallel(plan.decode.parallel)],
    ["GPUs", ({ plan }) => plan.served.gpus],
    ["requests", ({ requests }) => requests],
    ["goodput, requests/s", rateText],
    ["requests/s/GPU", (row) => orDash(perGpu(row), formatNumber)],
    ...summaryColumns<GoodputRow>(({ found }) => found?.summary),
  ],
  notes: {
    "goodput, requests/s":
      "largest rate whose replay keeps the levels; +: also where requests never lack; none: no rate tried keeps them",
    ...notes,
  },
  measure: perGpu,
  spare,
};

/** How the largest rates at which levels are kept are shown. */
export const goodputAnswer = {
  table: goodputColumns,
  data: ({ batch, plan, found, ...row }: GoodputRow) => ({
    ...row,
    asked: batch,
    divided: formatParallel(plan.decode.parallel),
    gpus: plan.served.gpus,
    goodput: found?.rate ?? null,
    goodputPerGpu: perGpu({ batch, plan, found, ...row }),
    isMost: found?.isMost ?? null,
    ...found?.summary,
  }),
  title: "How many requests a second keep these levels?",
};

/** How replays are shown. */
export const replayAnswerOf = (rows: readonly ReplayRow[]) => ({
  table: replayColumns(rows.some(({ prefix }) => prefix !== undefined)),
  data: replayData,
  title: "What do these requests see?",
});
