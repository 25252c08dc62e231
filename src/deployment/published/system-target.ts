import type { Source } from "../../core/entry.ts";
import type { KvDtype } from "../../core/dtype.ts";
import type { Framework } from "../../hardware/constants/set.ts";
import type { KernelProfile } from "../../hardware/kernels/machine.ts";
import type { WeightFormat } from "../../hardware/weights/formats.ts";
import type { Recipe } from "./recipe.ts";
import type { Drafts } from "../../hardware/serving/replica.ts";

/** A model on GPUs as a source describes it. Nothing in it is fitted. */
export interface Setup {
  readonly system: string;
  /** quantities that replace the system's own, written as for `--set` */
  readonly set?: readonly string[];
  readonly model: string;
  /** attention of the model's layers; default: its own */
  readonly variant?: string;
  /** true: all layers attend as the model's layers with latent attention do */
  readonly allLatent?: boolean;
  readonly kvDtype: KvDtype;
  readonly attention: WeightFormat;
  readonly feedForward: WeightFormat;
  readonly overlapLinks?: boolean;
  /** how tokens fall on experts, as `--routing` takes it; default: the usual routing */
  readonly routing?: string;
  readonly profile?: KernelProfile;
  /** serving engine that the source ran, if the kernels that it ran were measured; default: the usual one */
  readonly framework?: Framework;
}

/** The computation that predicts a published number. */
export type Prediction =
  /** input tokens/s/GPU; each group computes `promptsPerGroup` prompts at a time */
  | (Setup & {
      readonly kind: "prefill-rate";
      readonly parallel: string;
      readonly input: number;
      readonly cacheHits: number;
      readonly promptsPerGroup: number;
    })
  /** time to compute a prompt, s */
  | (Setup & {
      readonly kind: "prefill-seconds";
      readonly parallel: string;
      readonly input: number;
      /** tokens of a pass; default: all */
      readonly chunkTokens?: number;
    })
  /** time of a decode step over the most sequences whose caches fit, s */
  | (Setup & { readonly kind: "full-tpot-seconds"; readonly parallel: string; readonly context: number })
  /** output tokens/s/GPU, with `perGpu` sequences for each GPU */
  | (Setup & {
      readonly kind: "decode-rate";
      readonly parallel: string;
      readonly context: number;
      readonly perGpu: number;
    })
  /** time of a token of one sequence, s */
  | (Setup & {
      readonly kind: "tpot-seconds";
      readonly parallel: string;
      readonly context: number;
      readonly drafts: Drafts;
    })
  /** one prediction over another */
  | { readonly kind: "quotient"; readonly of: Prediction; readonly over: Prediction }
  /** USD for a million tokens at a predicted rate, tokens/s/GPU */
  | { readonly kind: "price"; readonly dollarsPerGpuHour: number; readonly of: Prediction }
  /** operations of one token, or bytes of one cache, over those of another model */
  | {
      readonly kind: "flops-ratio" | "cache-ratio";
      readonly model: string;
      readonly over: string;
      readonly kvDtype: KvDtype;
      readonly context: number;
    }
  /** tokens/s/GPU, in and out, at `perUser` tokens/s for every user, interpolated between recipes; replicas apart */
  | (Setup & {
      readonly kind: "recipe-rate";
      readonly recipes: readonly Recipe[];
      readonly input: number;
      readonly output: number;
      /** most prompt tokens of a pass of a stage */
      readonly chunkTokens: number;
      readonly perUser: number;
    })
  /** tokens/s/GPU of one recipe, over the GPUs of both kinds */
  | (Setup & {
      readonly kind: "recipe-point";
      readonly recipe: Recipe;
      readonly counts: "input and output" | "output";
      readonly input: number;
      readonly output: number;
      /** most prompt tokens of a pass of a stage */
      readonly chunkTokens: number;
    })
  /** ratio of Helix to divisions without it: of tokens/s of a user, or of users at the same time of a token */
  | (Setup & {
      readonly kind: "helix-interactivity" | "helix-users";
      readonly gpus: number;
      readonly context: number;
    });

/** A published number about a system that serves a model. */
export interface SystemTarget {
  readonly name: string;
  readonly published: number;
  readonly unit: string;
  /** allowed relative error */
  readonly tolerance: number;
  readonly source: Source;
  readonly conditions: string;
  /** parts of a server that the model leaves out and that may explain a miss */
  readonly leftOut: string;
  readonly prediction: Prediction;
}
