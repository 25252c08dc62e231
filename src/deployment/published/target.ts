import type { Source } from "../../core/entry.ts";
import type { KvDtype } from "../../core/dtype.ts";
import type { KernelProfile } from "../../hardware/kernels/machine.ts";
import type { WeightDtype } from "../../hardware/kernels/dtypes.ts";
import type { Drafts } from "../../hardware/serving/replica.ts";

/** A model on GPUs, by names: what a source says, and nothing fitted. */
export interface Setup {
  readonly system: string;
  /** quantities in place of the system's own, as `--set` takes them */
  readonly set?: readonly string[];
  readonly model: string;
  /** attention of the model's layers; its own when absent */
  readonly variant?: string;
  readonly kvDtype: KvDtype;
  readonly attention: WeightDtype;
  readonly feedForward: WeightDtype;
  readonly overlapLinks?: boolean;
  readonly profile?: KernelProfile;
}

/** Where the number that a source prints comes from in the model. */
export type Prediction =
  /** input tokens/s/GPU of prompts, `prompts` to each group at a time */
  | (Setup & {
      readonly kind: "prefill-rate";
      readonly parallel: string;
      readonly input: number;
      readonly cacheHits: number;
      readonly promptsPerGroup: number;
    })
  /** s until a prompt is computed */
  | (Setup & { readonly kind: "prefill-seconds"; readonly parallel: string; readonly input: number })
  /** output tokens/s/GPU of a given number of sequences on each GPU */
  | (Setup & {
      readonly kind: "decode-rate";
      readonly parallel: string;
      readonly context: number;
      readonly perGpu: number;
    })
  /** s of a token of one sequence */
  | (Setup & {
      readonly kind: "tpot-seconds";
      readonly parallel: string;
      readonly context: number;
      readonly drafts: Drafts;
    })
  /** USD for a million tokens at a rate that another target predicts, tokens/s/GPU */
  | { readonly kind: "price"; readonly dollarsPerGpuHour: number; readonly of: string }
  /** operations of one token, or bytes of one cache, over those of another model */
  | {
      readonly kind: "flops-ratio" | "cache-ratio";
      readonly model: string;
      readonly over: string;
      readonly kvDtype: KvDtype;
      readonly context: number;
    }
  /** most tokens/s/GPU (input and output) while every user gets a given rate of tokens/s, replicas apart, best number of drafts */
  | (Setup & {
      readonly kind: "served-rate";
      /** GPUs of a replica at most, and of the system */
      readonly replicaGpus: number;
      readonly input: number;
      readonly output: number;
      readonly perUser: number;
      readonly drafts: readonly Drafts[];
    })
  /** with Helix over without: tokens/s of a user, or users at the same time a token */
  | (Setup & {
      readonly kind: "helix-interactivity" | "helix-users";
      readonly gpus: number;
      readonly context: number;
    });

/** A number that somebody published about a system that serves a model. */
export interface Target {
  readonly name: string;
  readonly published: number;
  readonly unit: string;
  /** relative error that is allowed */
  readonly tolerance: number;
  readonly source: Source;
  readonly conditions: string;
  /** what the model leaves out that may explain a miss */
  readonly leftOut: string;
  readonly prediction: Prediction;
}
