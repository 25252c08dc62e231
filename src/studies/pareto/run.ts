import { servedApart, servedTogether, servingFront } from "../../deployment/serving.ts";
import type { Results } from "../../runs/tables.ts";
import type { Watch } from "../../runs/watch.ts";
import { servingSettings } from "../racks/serve.ts";
import type { ServeQuestion } from "../racks/serve.ts";
import { divisionsFor, gpuHourPrice, timedStart } from "../racks/settings.ts";
import { paretoFigure } from "./figure.ts";
import { triedPlans } from "./result.ts";
import type { SettingPlans } from "./result.ts";
import { plansTable } from "./tables.ts";

/** Requests, and the models on racks that serve them. */
export interface ParetoOptions extends Omit<ServeQuestion, "apart" | "parallel" | "prefillParallel"> {
  /** longest time to compute a prompt when replicas prefill apart, s */
  readonly ttft?: number | undefined;
}

/** Tries every plan of each setting, and finds the front. @throws UsageError for an unknown name or a workload out of range */
export function runPareto(options: ParetoOptions, watch: Watch): SettingPlans[] {
  const { workload, batch, price, ttft, gpus } = options;
  const settings = servingSettings(options);
  return watch.steps(settings.length, "models on systems", (onStep) =>
    settings.map((setting) => {
      const { system } = setting;
      const serving = { workload, batches: batch, dollarsPerGpuHour: gpuHourPrice(system, price) };
      const decode = divisionsFor(setting, "decode", undefined);
      const prefill = divisionsFor(setting, "prefill", undefined);
      const apart = servedApart({ prefill, decode }, serving, ttft);
      // both kinds of replicas in one system
      const fitting = apart.filter(({ served }) => served.gpus <= (gpus ?? system.gpus.value));
      const tried = [...servedTogether(decode, serving), ...fitting];
      onStep();
      return { ...timedStart(setting), tokens: workload.inputTokens, tried, front: servingFront(tried) };
    }),
  );
}

/** The CSV and the figure of plans. */
export function paretoResults(
  settings: readonly SettingPlans[],
  config: ParetoOptions,
  assumptions: readonly string[],
): Results {
  const plans = triedPlans(settings);
  return {
    name: "pareto",
    question: "How fast can a user be served, and how many tokens does a GPU give then?",
    tables: [plansTable(plans)],
    figures: { pareto: paretoFigure(plans) },
    manifest: { config, assumptions },
  };
}
