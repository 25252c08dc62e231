import { kvDtypes } from "../core/dtype.ts";
import { choice, int, real, resolveParams, spec } from "../core/params.ts";
import type { Params } from "../core/params.ts";

/**
 * Parameters of the constructed reader (docs/model.md, section 1), each a column of data.csv. None has a unit: they are
 * counts, shares and ratios.
 */
export const readerParams = {
  headDim: int("dimension of a head", { default: 128, min: 4, max: 1024 }),
  kvHeads: int("key/value heads; their outputs are concatenated", { default: 4, min: 1, max: 64 }),
  groupSize: int("query heads per kv head, each with query noise of its own", {
    default: 1,
    min: 1,
    max: 64,
  }),
  sharpness: real("logit of a perfect match over sqrt(headDim); standard deviation of a random key's logit", {
    default: 1.25,
    min: 0,
    max: 100,
  }),
  fidelity: real("correlation of a stored key with its ideal code", { default: 0.985, min: 0, max: 1 }),
  residualNoise: real("standard deviation of the noise on each output coordinate", {
    default: 0.7,
    min: 0,
    max: 100,
  }),
  reads: int("reads of each decode query: their outputs are averaged, and a step costs all of them", {
    default: 1,
    min: 1,
    max: 1024,
  }),
  coherence: real("share of a token's key variance that it shares with its record", {
    default: 0.3,
    min: 0,
    max: 1,
  }),
  kvDtype: choice("data type that K and V are rounded to", kvDtypes, { default: "f32" }),
  geometry: spec("how keys follow the text", "key geometry", { default: "none" }),
  logitShaping: spec("how logits become weights", "logit shaping", { default: "none" }),
};

export type ReaderParams = Params<typeof readerParams>;

/**
 * The reader's parameters: those given, and the defaults.
 *
 * @throws UsageError for an unknown name or a value out of range
 */
export const resolveReader = (given: Readonly<Record<string, unknown>> = {}): ReaderParams =>
  resolveParams("reader", readerParams, given);
