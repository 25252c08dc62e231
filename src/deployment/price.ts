import { memoryFit } from "../hardware/memory.ts";
import type { WeightDtype } from "../hardware/kernels/dtypes.ts";
import type { Workload } from "../hardware/serving/workload.ts";
import type { DeploymentAsked } from "./deployment.ts";
import { modelCost } from "./model-cost.ts";
import { servedApart } from "./serving.ts";
import { fastestDecode } from "./steps.ts";

/** What a variant costs on a system with a model. */
export interface VariantPrice {
  /** of a step of `users` users, on the division that makes it shortest; null where they fit none */
  readonly tpotSeconds: number | null;
  readonly usersPerRack: number;
  /** at the division and batch that give a GPU the most while no token takes longer than the limit; null for none */
  readonly dollarsPerMillionInput: number | null;
  readonly dollarsPerMillionOutput: number | null;
}

export interface PriceAsked {
  /** ways to divide the model with the variant in its layers */
  readonly plans: Readonly<Record<"prefill" | "decode", readonly DeploymentAsked[]>>;
  readonly weights: WeightDtype;
  readonly workload: Workload;
  /** who share the system when a token's time is taken */
  readonly users: number;
  /** longest time of a token when prices are taken, s */
  readonly tpotLimit: number;
  readonly dollarsPerGpuHour: number;
}

const batches = Array.from({ length: 13 }, (_, i) => 2 ** i);

/** Time of a token, users who fit, and prices of tokens. */
export function priceVariant(asked: PriceAsked): VariantPrice {
  const { plans, weights, workload, users, tpotLimit, dollarsPerGpuHour } = asked;
  const { inputTokens, outputTokens, drafts } = workload;
  const [first] = plans.decode;
  if (first === undefined)
    return {
      tpotSeconds: null,
      usersPerRack: 0,
      dollarsPerMillionInput: null,
      dollarsPerMillionOutput: null,
    };
  const { machine, model, spec } = first;
  const kvDtype = spec.kvDtype ?? first.kvDtype;
  const tokens = inputTokens + outputTokens;
  const step = fastestDecode(plans.decode, { users, tokens, drafts });
  const served = servedApart(plans, { workload, batches, dollarsPerGpuHour })
    .map((plan) => plan.served)
    .filter(({ tpotSeconds }) => tpotSeconds <= tpotLimit)
    .sort((a, b) => b.totalPerGpu - a.totalPerGpu)[0];
  return {
    tpotSeconds: step === undefined || step.shortBytes > 0 ? null : step.tpotSeconds,
    usersPerRack: memoryFit(machine.system, model, weights, modelCost(model, spec, tokens, kvDtype))
      .usersPerRack,
    dollarsPerMillionInput: served?.dollarsPerMillionInput ?? null,
    dollarsPerMillionOutput: served?.dollarsPerMillionOutput ?? null,
  };
}
