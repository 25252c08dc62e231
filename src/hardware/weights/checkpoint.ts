import type { Source } from "../../core/entry.ts";
import type { ModelStorage } from "./parts.ts";

/** Formats of a model's weights, or the reason why they are not known. */
export type ReadStorage = { readonly storage: ModelStorage } | { readonly unread: string };

/** Files of weights that a model is published as. */
export interface Checkpoint {
  /** repository: `nvidia/DeepSeek-R1-FP4` */
  readonly name: string;
  readonly source: Source;
  /** Formats of its weights as its config.json describes them. */
  stored(): ReadStorage;
}
