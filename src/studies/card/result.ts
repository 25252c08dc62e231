import type { KvDtype } from "../../core/dtype.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import type { EngineRuleName } from "../../hardware/engine-rules/all.ts";
import type { Mode } from "../../trial/trial.ts";

/** Layers of a model with the same attention. */
export interface CardAttention {
  readonly layers: number;
  /** kind of layer: `grouped-query`, `latent`, `delta`, ... */
  readonly kind: string;
  /** spec of its variant; null where the simulator has none */
  readonly variant: string | null;
  readonly queryHeads: number;
  readonly kvHeads: number;
}

/** Layers of a model with the same feed-forward. */
export interface CardFeedForward {
  readonly layers: number;
  /** routed experts; 0 for dense layers */
  readonly experts: number;
  /** routed experts of a token */
  readonly perToken: number;
}

/** Cache of a sequence: bytes whatever its length, and bytes of each token. */
export interface CardCache {
  readonly kvDtype: KvDtype;
  /** K and V of windows, once they are full */
  readonly windowBytes: number;
  readonly stateBytes: number;
  readonly convolutionBytes: number;
  readonly tokenBytes: number;
  readonly indexTokenBytes: number;
}

/** Memory that an engine sets aside for a sequence, or the reason why its rule is not known. */
export type CardReserve = { readonly rule: EngineRuleName } & (
  | { readonly fixed: number; readonly slope: number; readonly larger: boolean; readonly bytes: number }
  | { readonly unknown: string }
);

/** Weights in a file of the model, or in the formats that times are taken in. */
export interface CardWeights {
  /** name of the formats or of the file */
  readonly name: string;
  readonly bytes: number;
}

/** Time of a decode step by part, s. */
export interface CardDecode {
  /** users asked for, and those who decode together: fewer where the caches of all do not fit */
  readonly asked: number;
  readonly users: number;
  readonly attentionSeconds: number;
  readonly feedForwardSeconds: number;
  readonly linkSeconds: number;
  readonly headSeconds: number;
  readonly waitSeconds: number;
  readonly tpotSeconds: number;
}

/** Time to compute a prompt by part, s. */
export interface CardPrefill {
  readonly attentionSeconds: number;
  readonly feedForwardSeconds: number;
  readonly linkSeconds: number;
  readonly headSeconds: number;
  readonly waitSeconds: number;
  readonly seconds: number;
}

/** A model on a rack at a length. */
export interface CardRack {
  readonly system: string;
  readonly tokens: number;
  /** users whose caches fit */
  readonly users: number;
  /** null where not one user fits */
  readonly decode: CardDecode | null;
  readonly prefill: CardPrefill | null;
}

/** Scores of the model's own attention and of dense attention at a length; null where a variant has none. */
export interface CardScore {
  readonly tokens: number;
  readonly own: MeanEstimate | null;
  readonly dense: MeanEstimate | null;
}

/** Scores of a model's attention on problems of a task. */
export interface CardFound {
  readonly task: string;
  readonly mode: Mode;
  readonly scores: readonly CardScore[];
  /** reason why its attention has no scores */
  readonly lacking?: string;
}

/** A model's attention: what it keeps, finds and costs. */
export interface Card {
  readonly model: string;
  readonly summary: string;
  /** most tokens that it was made for; null where its makers do not say */
  readonly longest: number | null;
  /** spec of its attention, a layer plan where layers differ */
  readonly native: string;
  readonly attention: readonly CardAttention[];
  readonly feedForward: readonly CardFeedForward[];
  readonly parameters: number;
  readonly active: number;
  readonly weights: readonly CardWeights[];
  readonly cache: CardCache;
  /** length of `reserves` */
  readonly reservedTokens: number;
  readonly reserves: readonly CardReserve[];
  readonly racks: readonly CardRack[];
  readonly found: CardFound;
  /** keys of its config.json that were not understood */
  readonly unread: readonly string[];
  /** reason why the formats of its weights as shipped are not known */
  readonly unreadWeights?: string;
  /** lengths that the model was not made for, which are left out */
  readonly beyond: readonly number[];
}
