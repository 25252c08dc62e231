import type { Workload } from "../hardware/serving/workload.ts";
import { roomiest } from "./choice.ts";
import { fastestDecode, sustainedDecode } from "./decode.ts";
import type { SustainedDecode } from "./decode.ts";
import { fits } from "./memory.ts";
import { servedApart } from "./serving.ts";
import type { PhaseDivisions } from "./serving.ts";

/** Price of a variant on a system with a model. */
export interface VariantPrice {
  /** time of a token of `users` users who hold the prompt, on the division that makes it shortest; null if none fits */
  readonly tpotSeconds: number | null;
  /** users who fit where `users` do not, and the time of a token of each; undefined if all fit, or none does */
  readonly sustained?: SustainedDecode | undefined;
  /** users with the prompt in their caches who fit the division that holds the most */
  readonly usersPerRack: number;
  /** at the division and batch that give a GPU the most while no token takes longer than the limit; null for none */
  readonly dollarsPerMillionInput: number | null;
  readonly dollarsPerMillionOutput: number | null;
}

/** A model with the variant in its layers, and its use. */
export interface PriceQuestion {
  readonly divisions: PhaseDivisions;
  readonly workload: Workload;
  /** users who share the system, for TPOT */
  readonly users: number;
  /** longest time of a token, for prices, s */
  readonly tpotLimit: number;
  readonly dollarsPerGpuHour: number;
}

const batches = Array.from({ length: 13 }, (_, i) => 2 ** i);

/** Time of a token, users who fit, and prices of tokens. */
export function priceVariant(question: PriceQuestion): VariantPrice {
  const { divisions, workload, users, tpotLimit, dollarsPerGpuHour } = question;
  const { inputTokens: tokens, drafts } = workload;
  const step = fastestDecode(divisions.decode, { users, tokens, drafts });
  const isHeld = step !== undefined && fits(step.lack);
  const sustained = isHeld ? undefined : sustainedDecode(divisions.decode, { users, tokens, drafts });
  const served = servedApart(divisions, { workload, batches, dollarsPerGpuHour })
    .map((plan) => plan.served)
    .filter(({ tpotSeconds }) => tpotSeconds <= tpotLimit)
    .sort((a, b) => b.totalPerGpu - a.totalPerGpu)[0];
  return {
    tpotSeconds: isHeld ? step.tpotSeconds : null,
    sustained,
    usersPerRack: roomiest(divisions.decode, tokens)?.users ?? 0,
    dollarsPerMillionInput: served?.dollarsPerMillionInput ?? null,
    dollarsPerMillionOutput: served?.dollarsPerMillionOutput ?? null,
  };
}
