import type { Command } from "@commander-js/extra-typings";
import { formatParallel } from "../../../hardware/parallel.ts";
import { writePareto } from "../../../studies/pareto/pareto.ts";
import {
  servedApart,
  servedTogether,
  servingAssumptions,
  servingFront,
} from "../../../deployment/serving.ts";
import { positive } from "../../options/values.ts";
import { startProgress } from "../../print/progress.ts";
import { deployables, deployOptions, printExplained, timeLines } from "../../options/division.ts";
import { servedCells, servedFacts, servedPasses, servedTitles } from "../../print/served.ts";
import { modelOptions, print, weightLine } from "../../options/model.ts";
import { priceOf, readWorkload, workloadOptions } from "../../options/workload.ts";

export default function hardwareParetoCommand(command: Command): void {
  workloadOptions(deployOptions(modelOptions(command)))
    .option(
      "--ttft <seconds>",
      "longest time that a prompt may take to compute, where replicas prefill apart",
      positive,
    )
    .option("--out <folder>", "write every plan as CSV, and the front as a figure")
    .action(async ({ batch, price, ttft, out, json, explain, ...rest }) => {
      const workload = readWorkload(rest);
      const context = [workload.inputTokens + workload.outputTokens];
      const all = deployables({ ...rest, context });
      const progress = startProgress(all.length, all.length, "models on systems");
      const found = all.map(({ setting, divisions }) => {
        const { system } = setting;
        const serving = { workload, batches: batch, dollarsPerGpuHour: priceOf(system, price) };
        const decode = divisions("decode", undefined);
        const apart = servedApart({ prefill: divisions("prefill", undefined), decode }, serving, ttft);
        // both kinds of replicas in one system
        const fitting = apart.filter(({ served }) => served.gpus <= (rest.gpus ?? system.gpus.value));
        const tried = [...servedTogether(decode, serving), ...fitting];
        progress.advance(1);
        return { setting, tried, front: servingFront(tried) };
      });
      progress.stop();
      const rows = found.flatMap(({ setting: { names, kvDtype, weights }, front }) =>
        front.map((plan) => ({ names, kvDtype, weights, tokens: workload.inputTokens, plan })),
      );
      const assumed = [
        weightLine(rest),
        ...timeLines({ ...rest, context }),
        ...servingAssumptions(workload),
        `batches ${batch.join(", ")}; plans of powers of two, and of what they leave of the GPUs`,
      ];
      print(
        json,
        rows.map(({ plan, ...row }) => ({ ...row, ...servedFacts(plan) })),
        ["batch", ...servedTitles],
        rows.map(({ plan }) => [plan.served.batch, ...servedCells(plan)]),
        assumed,
      );
      if (explain && !json)
        printExplained(
          rows.flatMap(({ names, plan }) =>
            servedPasses(`${names.model} on ${names.system}`, plan, workload),
          ),
        );
      if (out === undefined) return;
      const plans = found.flatMap(({ setting: { names, kvDtype }, tried, front }) =>
        tried.map(({ served, decode, prefill }) => ({
          ...names,
          kvDtype,
          decodeAs: formatParallel(decode.parallel),
          prefillAs: prefill === undefined ? null : formatParallel(prefill.parallel),
          onFront: front.some((plan) => plan.served === served),
          served,
        })),
      );
      for (const path of await writePareto(out, plans, assumed)) console.error(path);
    });
}
