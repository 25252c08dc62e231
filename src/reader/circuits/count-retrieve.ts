import type { ReaderParams } from "../params.ts";
import type { CountReading, Reading } from "../reading.ts";
import { nearest } from "../readout.ts";

// Which of several identical requests is asked for: the reader counts them, keys their responses by what it counted, and
// retrieves. Two steps of the reader, each on a cache of its own.

/** Shares of a response key's variance: content (format and topic), and ordinal. */
export const contentShare = 0.6;
export const ordinalShare = 0.4;

/**
 * First step: counts. Each of the identical requests looks back, itself excluded, at the earlier ones and at the sink;
 * the j-th leaves 1/j of the weight on the sink if nothing leaks.
 *
 * @returns estimates of the requests' ordinals, in their order
 */
export function countRequests(reading: CountReading, readout: OrdinalReadout): number[] {
  const ordinalOf = ordinalReadout(readout, reading.sinkWeightAlone());
  return reading.sinkWeights().map(ordinalOf);
}

/** Second step: retrieves. One query asks for the content and the ordinal wanted; the nearest message is the conclusion. */
export const retrieveMessage = (reading: Reading): number[] =>
  reading.ask([0], 1, (answer) => nearest(answer));

/** Facts of its contexts that a readout of ordinals has learnt. */
export interface OrdinalReadout {
  readonly reader: Pick<ReaderParams, "sharpness" | "headDim" | "fidelity" | "coherence">;
  /** tokens of a request besides its anchor */
  readonly members: number;
  /** number of all requests: no count is above it */
  readonly requests: number;
}

/**
 * The ordinal that a weight on the sink stands for. The readout is calibrated as a trained head's is, with its own
 * mechanism on contexts so short that nothing leaks but the requests themselves: seen from a match, each earlier
 * request adds the mean exponential of its key noise, and each request, the asking one too, the coherent share of
 * its other tokens.
 *
 * @param alone weight on the sink where there is nothing to count
 */
function ordinalReadout(
  { reader, members, requests }: OrdinalReadout,
  alone: number,
): (sink: number) => number {
  const { sharpness: g, headDim, fidelity: rho, coherence: c } = reader;
  const match = Math.exp((g * g * (1 - rho * rho)) / 2);
  const rest = members * Math.exp(g * Math.sqrt(headDim) * (Math.sqrt(c) - rho) + (g * g * (1 - c)) / 2);
  return (sink) =>
    sink > 0 ? Math.min(Math.max(1, 1 + (alone / sink - 1 - rest) / (match + rest)), requests) : requests;
}

/** Tokens of the context on which a counting head's readout is calibrated. */
export const calibrationTokens = 1024;
