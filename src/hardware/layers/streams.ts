import { hyperConnectionMatrices, hyperConnections } from "../kernels/hyper-connections.ts";
import { sequence } from "../kernels/operator-time.ts";
import type { AttentionLayer, Count } from "./layer.ts";

/** Hyper-connections in place of a layer's residual, those of its feed-forward included. */
export interface Streams {
  /** streams of a token; a plain residual without it */
  readonly streams?: Count;
  /** rank of the gates that mix the streams (Qwen3.8-Flash-Next); mixes of one weight a stream without it */
  readonly mixRank?: Count;
}

/** A layer with hyper-connections: their matrices and their time beside its own. @param kind in the name of its time */
export function withStreams(
  layer: AttentionLayer,
  kind: string,
  given: Required<Pick<Streams, "streams">> & Streams,
): AttentionLayer {
  const streams = given.streams.value;
  const rank = given.mixRank?.value;
  return {
    ...layer,
    matrices: (hidden, sharing) => [
      ...layer.matrices(hidden, sharing),
      ...hyperConnectionMatrices(hidden, streams, rank),
    ],
    splitCache: (ranks) => withStreams(layer.splitCache(ranks), kind, given),
    searching: (search) => withStreams(layer.searching(search), kind, given),
    time: (of, part) =>
      sequence(`${kind} attention and hyper-connections`, [
        layer.time(of, part),
        hyperConnections(of.machine, {
          tokens: part.sequences * part.newTokens,
          hidden: of.hidden,
          streams,
          ...(rank !== undefined && { rank }),
        }),
      ]),
  };
}
