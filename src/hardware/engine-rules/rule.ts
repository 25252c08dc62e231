import type { Source } from "../../core/entry.ts";
import type { LayerRecords } from "../layers/layer.ts";

/** Records of a layer, with the bytes of a raw one. */
export interface RecordsBeside extends LayerRecords {
  readonly rowBytes: number;
}

/** Layers that cache alike, as one GPU holds them for one sequence. */
export interface CachedLayers {
  readonly layers: number;
  /** bytes of each token that a layer keeps; 0 for a layer that keeps a state alone */
  readonly tokenBytes: number;
  /** newest tokens that a layer keeps; all tokens without it */
  readonly window?: number;
  /** recurrent and convolution states of a layer, B */
  readonly stateBytes?: number;
  /** a token's key and value are one record of all heads */
  readonly latent?: true;
  /** `tokenBytes` are those of these records and their index */
  readonly records?: RecordsBeside;
}

/** Memory that an engine sets aside for a sequence. */
export interface ReservedCache {
  /** bytes whatever the length: windows and states of a long sequence */
  readonly fixed: number;
  /** bytes of each token of a long sequence */
  readonly slope: number;
  /** true: pools are apart, and a sequence takes the larger of `fixed` and `slope` times its tokens, not their sum */
  readonly larger?: true;
  /** Bytes for a sequence of a length. */
  bytes(tokens: number): number;
}

/** Size of passes, on which windows of some rules depend. */
export interface PassSize {
  /** most tokens of a pass, those of all sequences together */
  readonly batchedTokens: number;
  /** tokens drafted a step, by which windows of some rules are longer; default 0 */
  readonly draftTokens?: number;
}

/** Rule by which an engine sets memory aside for caches. */
export interface EngineRule {
  readonly summary: string;
  readonly sources: readonly Source[];
  /** reason why the rule does not know layers; undefined if it does */
  readonly lacks?: (layers: CachedLayers) => string | undefined;
  readonly reserve: (layers: readonly CachedLayers[], settings: PassSize) => ReservedCache;
}

/** Sum over layers. */
export const sumOver = (layers: readonly CachedLayers[], bytes: (each: CachedLayers) => number): number =>
  layers.reduce((sum, each) => sum + each.layers * bytes(each), 0);

/** True for layers that keep every token. */
export const keepsAll = ({ tokenBytes, window }: CachedLayers): boolean =>
  tokenBytes > 0 && window === undefined;

/** True for layers that keep their newest tokens. */
export const keepsWindow = ({ tokenBytes, window }: CachedLayers): boolean =>
  tokenBytes > 0 && window !== undefined;

/** Bytes of the states of all layers. */
export const statesOf = (layers: readonly CachedLayers[]): number =>
  sumOver(layers, ({ stateBytes = 0 }) => stateBytes);
