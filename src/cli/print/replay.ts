import { formatNumber, formatSeconds } from "../../core/units.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import type { Request } from "../../hardware/serving/arrivals.ts";
import { formatLevels } from "../../hardware/serving/levels.ts";
import type { ServiceLevel } from "../../hardware/serving/levels.ts";
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

/** Assumptions of a replay of these requests. @param question a rate is left out where the replay finds it */
export const replayLines = (
  {
    trace,
    rate,
    variation,
    seed,
    slo,
  }: ReplayQuestion & { readonly slo?: readonly ServiceLevel[] | undefined },
  requests: readonly Request[],
): string[] => [
  trace === undefined
    ? `${requests.length} requests${slo === undefined ? `, ${rate} a second` : ""}, gamma-distributed times between arrivals with variation ${variation}, seed ${seed}`
    : `${requests.length} requests of ${trace}`,
  `a request: ${rangeOf(requests.map(({ inputTokens }) => inputTokens))} tokens in, ${rangeOf(requests.map(({ outputTokens }) => outputTokens))} out`,
  "replay on one replica that prefills and decodes; a request is admitted when its whole cache fits",
  ...(slo === undefined
    ? []
    : [
        `levels: ${formatLevels(slo)}; the largest rate, to 1%, at which replays of the same arrivals, scaled in time, keep them`,
      ]),
];

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

const replayColumns: RackTable<ReplayRow> = {
  columns: [
    ["divided as", ({ plan }) => formatParallel(plan.decode.parallel)],
    ["GPUs", ({ plan }) => plan.served.gpus],
    ["requests", ({ requests }) => requests],
    ...summaryColumns<ReplayRow>((row) => row),
  ],
  notes,
  measure: ({ outputPerSecond }) => outputPerSecond,
  spare,
};

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
export const replayAnswer = {
  table: replayColumns,
  data: replayData,
  title: "What do these requests see?",
};
