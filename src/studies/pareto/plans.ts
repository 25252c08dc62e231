import { servedApart, servedTogether, servingFront } from "../../deployment/serving.ts";
import type { ServedPlan } from "../../deployment/serving.ts";
import { unwatched } from "../../runs/watch.ts";
import type { Watch } from "../../runs/watch.ts";
import { servingSettings } from "../racks/serve.ts";
import type { ServeQuestion } from "../racks/serve.ts";
import { divisionsFor, gpuHourPrice, rowStart } from "../racks/settings.ts";
import type { RackRow } from "../racks/settings.ts";

/** Plans of serving requests by models on racks. */
export interface ParetoQuestion extends Omit<ServeQuestion, "apart" | "parallel" | "prefillParallel"> {
  /** longest time that a prompt may take to compute, where replicas prefill apart, s */
  readonly ttft?: number | undefined;
}

/** Plans of one setting. */
export interface SettingPlans extends RackRow {
  readonly tried: readonly ServedPlan[];
  /** plans that no other beats in a user's speed and a GPU's */
  readonly front: readonly ServedPlan[];
}

/** Every plan of each setting, and the front. */
export function paretoPlans(question: ParetoQuestion, watch: Watch = unwatched): SettingPlans[] {
  const { workload, batch, price, ttft, gpus } = question;
  const settings = servingSettings(question);
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
      return { ...rowStart(setting), tokens: workload.inputTokens, tried, front: servingFront(tried) };
    }),
  );
}
