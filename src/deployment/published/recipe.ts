import type { Drafts } from "../../hardware/serving/replica.ts";

/** Replicas of a kind: their number, and the division of each as `parseParallel` reads it. */
export interface RecipeReplicas {
  readonly count: number;
  readonly parallel: string;
  /** as `parseRouting` reads it */
  readonly routing: string;
}

/** A measured set-up in which some replicas prefill and others decode. */
export interface Recipe {
  readonly prefill: RecipeReplicas;
  readonly decode: RecipeReplicas & { readonly mostSequences: number };
  readonly drafts: Drafts;
  /** requests in the system at the same time: the next one comes as soon as one is answered */
  readonly inFlight: number;
}

/** Settings that all recipes of a list share, beside those in their names. */
export interface RecipeContext {
  /** GPUs of a prefilling replica, each with prompts of its own */
  readonly prefillGpus: number;
  /** experts of a layer */
  readonly experts: number;
  /** probability that a draft is accepted */
  readonly acceptance: number;
}

const namePattern = /^ctx(\d+)_gen(\d+)_(dep|tep)(\d+)_batch(\d+)_eplb(\d+)_mtp(\d+)$/;

/**
 * Reads a recipe's name in github.com/NVIDIA/srt-slurm (recipes/trtllm): `ctx3_gen1_dep8_batch64_eplb0_mtp3` has three
 * replicas that prefill and one that decodes, on 8 GPUs that attend separately (`dep`) or share heads (`tep`). A rank
 * decodes at most 64 sequences, each with three drafts. `eplb` is the number of slots for experts: 0 without a balancer.
 *
 * @throws Error for another name
 */
export function parseRecipe(
  name: string,
  inFlight: number,
  { prefillGpus, experts, acceptance }: RecipeContext,
): Recipe {
  const match = namePattern.exec(name);
  if (!match) throw new Error(`a recipe's name must match ${namePattern.source}; got "${name}"`);
  const number = (index: number): number => Number(match[index]);
  const [gpus, batch, slots, tokens] = [number(4), number(5), number(6), number(7)];
  const apart = match[3] === "dep";
  return {
    prefill: { count: number(1), parallel: `dp=${prefillGpus}`, routing: "power-law" },
    decode: {
      count: number(2),
      parallel: apart ? `dp=${gpus}` : `tp=${gpus}`,
      routing: slots === 0 ? "power-law" : `eplb=${slots - experts}`,
      mostSequences: apart ? batch * gpus : batch,
    },
    drafts: { tokens, acceptance: tokens === 0 ? 0 : acceptance },
    inFlight,
  };
}
