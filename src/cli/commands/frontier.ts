import type { Command } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { formatNumber, formatSeconds, formatUsd } from "../../core/units.ts";
import { readTrialRows } from "../../files/csv.ts";
import { markFront, scoresAt, writeFrontier } from "../../studies/frontier/frontier.ts";
import type { FrontierPoint } from "../../studies/frontier/point.ts";
import { makeTrial } from "../../runs/make-trial.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { priceVariant } from "../../deployment/variant-price.ts";
import { theoryRow } from "../../trial/run.ts";
import { servingAssumptions } from "../../deployment/serving.ts";
import { theoryEngine } from "../../trial/trial.ts";
import { divisionsFor, gpuHourPrice, rackSettings } from "../../studies/racks/settings.ts";
import { divisionOptions, rackOptions, readRacks } from "../options/racks.ts";
import { readWorkload, requestOptions } from "../options/workload.ts";
import { collect, integer, positive, tokenCount } from "../options/values.ts";
import { startProgress } from "../print/progress.ts";
import { timeLines, weightLine } from "../print/racks.ts";
import { formatTable } from "../print/table.ts";

const notes = `
Accuracy is that of a results CSV (--results), or is drawn in the mean field (--theory, --task, --variant). Cost is that of
the same variants in the layers of a model on a system: TPOT of --users users, users whose caches fit, and prices where no
token takes longer than --tpot-ms. A variant is marked with * where no other is as accurate and as cheap.

  attnsim frontier --results results/length-sweep/data.csv --tokens 1M --system gb300-nvl72 --model deepseek-v3
  attnsim frontier --theory --task graphwalks --variant dense dsa quest moba --tokens 256K --model llama-3.1-405b`;

/** `attnsim frontier`: accuracy against what it costs on a rack. */
export default function frontierCommand(command: Command): void {
  requestOptions(divisionOptions(rackOptions(command)))
    .option("--results <file>", "results CSV that scores are taken from")
    .option("--theory", "draw scores in the mean field")
    .option("--task <spec>", "tasks, with --theory; more with commas or again", collect)
    .option("--trials <n>", "trials of each task and variant, with --theory", integer(1), 20)
    .option("--seed <n>", "seed of the trials, with --theory", integer(0), 0)
    .option("--tokens <n>", "context; the longest of the results when absent", tokenCount)
    .option("--users <n>", "users who share the system when TPOT is taken", integer(1), 64)
    .option("--tpot-ms <ms>", "longest time of a token when prices are taken", positive, 50)
    .option("--out <folder>", "write CSV and figure")
    .addHelpText("after", notes)
    .action(async ({ results, theory, task, trials, seed, tokens: asked, out, json, price, ...options }) => {
      const { variant, system, model } = options;
      if (system.length > 1 || model.length > 1)
        if (json !== true && out !== undefined)
          throw new UsageError("--out takes one system and one model; got several");
      const rows =
        results === undefined
          ? drawn({ theory, task, variant, tokens: asked, trials, seed })
          : readTrialRows(results).filter((row) => variant === undefined || variant.includes(row.variant));
      const { tokens, scores } = scoresAt(rows, asked);
      const workload = readWorkload({ ...options, input: tokens });
      const question = {
        ...readRacks(options),
        context: [tokens],
        variant: scores.map((score) => score.variant),
      };
      const all = rackSettings(question);
      const progress = startProgress(all.length, all.length, "variants");
      const priced = all.map((setting, i) => {
        const { names, system: rack } = setting;
        const point = {
          ...scores[i % scores.length]!,
          ...{ system: names.system, model: names.model, tokens },
          ...priceVariant({
            divisions: {
              prefill: divisionsFor(setting, "prefill", undefined),
              decode: divisionsFor(setting, "decode", undefined),
            },
            workload,
            users: options.users,
            tpotLimit: options.tpotMs / 1000,
            dollarsPerGpuHour: gpuHourPrice(rack, price),
          }),
        };
        progress.advance(1);
        return point;
      });
      progress.stop();
      const assumptions = [
        results === undefined
          ? `scores drawn in the mean field: ${(task ?? []).join(", ")}, ${trials} trials each, seed ${seed}`
          : `scores of ${results}`,
        "a variant costs what its formula or its kernels cost in the model's layers that reach the whole context",
        `TPOT of ${options.users} users on the whole system; prices where no token takes longer than ${options.tpotMs} ms, replicas that prefill apart`,
        weightLine(question),
        ...timeLines(question),
        ...servingAssumptions(workload),
      ];
      const points = system.flatMap((name) =>
        model.flatMap((of) => markFront(priced.filter((each) => each.system === name && each.model === of))),
      );
      console.log(json ? JSON.stringify({ assumptions, points }, null, 2) : layOut(points, assumptions));
      if (out === undefined) return;
      for (const path of await writeFrontier(out, points, { assumptions })) console.error(path);
    });
}

interface Drawn {
  readonly theory: true | undefined;
  readonly task: readonly string[] | undefined;
  readonly variant: readonly string[] | undefined;
  readonly tokens: number | undefined;
  readonly trials: number;
  readonly seed: number;
}

/** Rows drawn in the mean field. @throws UsageError where something is missing or has no theory */
function drawn({ theory, task, variant, tokens, trials, seed }: Drawn): TrialRow[] {
  if (!theory) throw new UsageError("give --results FILE, or --theory with --task, --variant and --tokens");
  if (task === undefined || variant === undefined || tokens === undefined)
    throw new UsageError("--theory needs --task, --variant and --tokens");
  return task.flatMap((each) =>
    variant.flatMap((spec) =>
      Array.from({ length: trials }, (_, trial) =>
        theoryRow(makeTrial({ task: each, variant: spec, tokens, trial, seed, engine: theoryEngine })),
      ),
    ),
  );
}

function layOut(points: readonly FrontierPoint[], assumptions: readonly string[]): string {
  const star = (best: boolean): string => (best ? "*" : "");
  const usd = (value: number | null): string => (value === null ? "-" : formatUsd(value));
  const table = formatTable(
    [
      "system",
      "model",
      "variant",
      "score",
      "95% interval",
      "TPOT",
      "",
      "users a rack",
      "",
      "$/M in",
      "$/M out",
      "",
    ],
    points.map((point) => [
      ...[point.system, point.model, point.variant],
      ...[point.score.toFixed(2), `${point.low.toFixed(2)} to ${point.high.toFixed(2)}`],
      ...[point.tpotSeconds === null ? "-" : formatSeconds(point.tpotSeconds), star(point.bestTpot)],
      ...[formatNumber(point.usersPerRack), star(point.bestUsers)],
      ...[usd(point.dollarsPerMillionInput), usd(point.dollarsPerMillionOutput), star(point.bestPrice)],
    ]),
  );
  return [table, "", "assumed:", ...assumptions.map((line) => `  ${line}`)].join("\n");
}
