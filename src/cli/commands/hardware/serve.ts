import type { Command } from "@commander-js/extra-typings";
import { Random } from "../../../core/random.ts";
import { formatNumber, formatSeconds } from "../../../core/units.ts";
import { drawArrivals } from "../../../hardware/serving/arrivals.ts";
import { serveTrace, summarise } from "../../../hardware/serving/trace.ts";
import type { TraceSummary } from "../../../hardware/serving/trace.ts";
import { readTrace } from "../../../files/trace.ts";
import { replicaOf } from "../../../deployment/replica.ts";
import { servedApart, servedTogether, servingAssumptions } from "../../../deployment/serving.ts";
import type { ServedPlan } from "../../../deployment/serving.ts";
import { integer, positive } from "../../options/values.ts";
import { startProgress } from "../../print/progress.ts";
import {
  deployables,
  deployOptions,
  parallelOption,
  printExplained,
  timeLines,
  undivided,
} from "../../options/division.ts";
import { servedCells, servedFacts, servedPasses, servedTitles } from "../../print/served.ts";
import { modelOptions, print, weightLine } from "../../options/model.ts";
import { priceOf, readWorkload, workloadOptions } from "../../options/workload.ts";

const notes = `
Without --trace or --rate: closed formulas of a steady state, for each --batch. With one of them: a discrete-event replay
of requests on one replica (continuous batching, chunked prefill, admission by cache), at the largest --batch. A trace is
a CSV file with the columns arrival_s, input_tokens, output_tokens.

  attnsim hardware serve --model deepseek-v3 --system gb200-nvl72 --input 128K --output 1024 --batch 16,64 --apart
  attnsim hardware serve --model deepseek-v3 --system gb200-nvl72 --parallel dp=8 --rate 0.5 --requests 200`;

export default function hardwareServeCommand(command: Command): void {
  workloadOptions(deployOptions(modelOptions(command)))
    .option("--parallel <spec>", parallelOption)
    .option("--apart", "some replicas prefill, others decode")
    .option("--prefill-parallel <spec>", "division of the replicas that prefill, with --apart")
    .option("--rate <n>", "requests a second to a replica: replay so many arrivals", positive)
    .option(
      "--variation <n>",
      "variation of the times between arrivals: 1 is Poisson, above 1 bursty",
      positive,
      1,
    )
    .option("--requests <n>", "requests of the replay", integer(1), 500)
    .option("--seed <n>", "seed of the replay", integer(0), 0)
    .option("--trace <file>", "replay the requests of a CSV file")
    .addHelpText("after", notes)
    .action(({ batch, price, apart, parallel, prefillParallel, json, explain, ...rest }) => {
      const workload = readWorkload(rest);
      const all = deployables({ ...rest, context: [workload.inputTokens + workload.outputTokens] });
      const replay = rest.trace !== undefined || rest.rate !== undefined;
      const found = all.flatMap(({ setting, divisions }) =>
        (replay ? [Math.max(...batch)] : batch).map((size) => {
          const serving = { workload, batches: [size], dollarsPerGpuHour: priceOf(setting.system, price) };
          const decode = divisions("decode", parallel);
          const served = apart
            ? servedApart({ prefill: divisions("prefill", prefillParallel), decode }, serving)
            : servedTogether(decode, serving);
          return { setting, size, best: mostPerGpu(served), tried: decode.length || undivided(setting) };
        }),
      );
      const facts = ({ setting: { names, kvDtype, weights }, size }: (typeof found)[0]) => ({
        ...{ names, kvDtype, weights, tokens: workload.inputTokens, asked: size },
      });
      const passesOf = ({ setting: { names }, best }: (typeof found)[0]) =>
        best === undefined ? [] : servedPasses(`${names.model} on ${names.system}`, best, workload);
      const assumed = [
        weightLine(rest),
        ...timeLines({ ...rest, context: [1] }),
        ...servingAssumptions(workload),
      ];
      if (!replay) {
        const rows = found.map((each) => ({ ...facts(each), ...servedFacts(each.best) }));
        const cells = found.map(({ size, best }) => [size, ...servedCells(best)]);
        print(json, rows, ["batch", ...servedTitles], cells, assumed);
        if (explain && !json) printExplained(found.flatMap(passesOf));
        return;
      }
      const progress = startProgress(found.length, found.length, "replays");
      const rows = found.map((each) => {
        const { best, size } = each;
        const random = new Random(`replay/${rest.seed}`);
        const requests =
          rest.trace !== undefined
            ? readTrace(rest.trace)
            : drawArrivals(
                {
                  requests: rest.requests,
                  rate: rest.rate ?? 1,
                  variation: rest.variation,
                  inputTokens: workload.inputTokens,
                  outputTokens: workload.outputTokens,
                },
                random.fork("arrivals"),
              );
        const replica = replicaOf(best?.decode ?? undivided(each.setting));
        const { cacheHits, drafts, chunkTokens } = workload;
        const result = serveTrace(
          replica,
          requests,
          { maxBatch: size, chunkTokens, cacheHits, drafts },
          random,
        );
        progress.advance(1);
        const { divided, gpus } = servedFacts(best);
        return { ...facts(each), divided, gpus, requests: requests.length, ...summarise(replica, result) };
      });
      progress.stop();
      print(json, rows, replayTitles, rows.map(replayCells), [
        ...assumed,
        rest.trace === undefined
          ? `${rest.requests} requests, ${rest.rate ?? 1} a second, times between arrivals gamma-distributed with variation ${rest.variation}, seed ${rest.seed}`
          : `requests of ${rest.trace}`,
        "replay on one replica that prefills and decodes; a request is admitted when its whole cache fits",
      ]);
      if (explain && !json) printExplained(found.flatMap(passesOf));
    });
}

const mostPerGpu = (plans: readonly ServedPlan[]): ServedPlan | undefined =>
  [...plans].sort((a, b) => b.served.totalPerGpu - a.served.totalPerGpu)[0];

const replayTitles = [
  ...["divided as", "GPUs", "requests", "TTFT p50", "p90", "p99", "TPOT p50", "p90", "p99", "batch"],
  ...["input tokens/s", "output tokens/s", "utilisation", "KV peak"],
];

const percent = (share: number): string => `${formatNumber(100 * share)}%`;

const replayCells = (
  row: TraceSummary & { divided: string | null; gpus: number | null; requests: number },
) => [
  ...[row.divided, row.gpus, row.requests],
  ...[row.ttftSeconds.p50, row.ttftSeconds.p90, row.ttftSeconds.p99].map(formatSeconds),
  ...[row.tpotSeconds.p50, row.tpotSeconds.p90, row.tpotSeconds.p99].map(formatSeconds),
  formatNumber(row.meanBatch),
  formatNumber(row.inputPerSecond),
  formatNumber(row.outputPerSecond),
  percent(row.utilisation),
  percent(row.peakKvShare),
];
