import { weightFormatBytes } from "./formats.ts";
import type { WeightFormat } from "./formats.ts";

/** Parts of a model whose weights are stored in formats of their own. */
export const weightParts = {
  attention: "projections of attention and of its index",
  experts: "routed experts",
  shared: "shared experts, and projections to the experts' width and back",
  dense: "dense feed-forward layers",
  router: "routers",
  embeddings: "token embedding and output head",
  norms: "norms",
} as const;

export type WeightPart = keyof typeof weightParts;

export const weightPartNames = Object.keys(weightParts) as readonly WeightPart[];

/** Storage of a part: the format of most of its weights, and the mean bytes of one, scales included. */
export interface PartStorage {
  readonly format: WeightFormat;
  readonly bytes: number;
}

/** Storage of every part of a model. */
export type ModelStorage = Readonly<Record<WeightPart, PartStorage>>;

/** A part that is stored in one format. */
export const storedIn = (format: WeightFormat): PartStorage => ({ format, bytes: weightFormatBytes[format] });

/** Parts that a format for the whole model leaves in bf16. */
const keptWide: readonly WeightPart[] = ["router", "embeddings", "norms"];

/** A whole model in one format; routers, embeddings, head and norms stay in bf16. */
export const storedWhollyIn = (format: WeightFormat): ModelStorage =>
  everyPart((part) => storedIn(keptWide.includes(part) ? "bf16" : format));
/** A value for every part of the weights. */
export const everyPart = <T>(of: (part: WeightPart) => T): Readonly<Record<WeightPart, T>> => ({
  attention: of("attention"),
  experts: of("experts"),
  shared: of("shared"),
  dense: of("dense"),
  router: of("router"),
  embeddings: of("embeddings"),
  norms: of("norms"),
});
