import type { Queries } from "../../attention/cache.ts";
import { evenPositions } from "../../core/places.ts";
import { hash64 } from "../../core/random.ts";
import { flat } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { matrix, normaliseRows } from "./codes.ts";
import type { Workspace } from "./workspace.ts";

/** Queries as they would be without noise. */
export interface IdealQueries {
  /** names the noise of the queries, together with their ids */
  readonly name: string;
  /** per kv head (Q, d): rows of norm sqrt(d) */
  readonly ideal: readonly Tensor[];
  /** (2 Q) names of the queries to the generator, so that a query's noise does not depend on its batch */
  readonly ids: Uint32Array;
  /** (Q) tokens at which the queries stand */
  readonly positions: Int32Array;
  readonly phase: Queries["phase"];
  /** which of the reader's attention steps it is, from 0 */
  readonly step: number;
}

/**
 * Queries from ideal ones. With several query heads to a kv head each gets noise of its own:
 * rho q + sqrt(1 - rho^2) noise. A single query head asks the ideal query.
 */
export function makeQueries(
  workspace: Workspace,
  { name, ideal, ids, positions, phase, step }: IdealQueries,
): Queries {
  const { params, seed } = workspace;
  const heads =
    params.groupSize === 1
      ? ideal
      : ideal.map((queries, h) => noisyGroup(workspace, `${seed}/query/${name}/${h}`, queries, ids));
  return {
    heads,
    count: positions.length,
    group: params.groupSize,
    positions,
    scale: params.sharpness / Math.sqrt(params.headDim),
    phase,
    step,
  };
}

/** (Q G, d): each ideal query of one kv head as its G query heads ask it. */
function noisyGroup({ ops, params }: Workspace, stream: string, ideal: Tensor, ids: Uint32Array): Tensor {
  const { groupSize, headDim, fidelity } = params;
  const count = ideal.shape[0]!;
  const out = matrix(count * groupSize, headDim);
  const noise = matrix(count, headDim);
  const data = flat(out);
  for (let g = 0; g < groupSize; g++) {
    ops.fillNormal(noise, hash64(`${stream}/${g}`), ids);
    for (let i = 0; i < count; i++) {
      const at = (i * groupSize + g) * headDim;
      for (let c = 0; c < headDim; c++) {
        data[at + c] =
          fidelity * flat(ideal)[i * headDim + c]! +
          Math.sqrt(1 - fidelity * fidelity) * flat(noise)[i * headDim + c]!;
      }
    }
  }
  return normaliseRows(out);
}

/** End of the context, and the queries of the question behind it: prefill's last queries are made of them. */
export interface PromptEnd {
  /** last token of the context, before the question */
  readonly contextEnd: number;
  /** per kv head (A, d): the queries that the question's tokens carry by turns */
  readonly queries: readonly Tensor[];
}

/** Which of prefill's queries a variant observes: those of `KeyValueCache.observed`. */
export interface Observed {
  readonly count: number;
  readonly queryAware: boolean;
  readonly spread: "last" | "even";
}

/** Tokens at which the observed queries stand. @param contextEnd last token before the question */
export function observedPositions(
  { count, queryAware, spread }: Observed,
  { tokens, contextEnd }: { readonly tokens: number; readonly contextEnd: number },
): Int32Array {
  const last = queryAware ? tokens - 1 : contextEnd;
  const size = Math.min(count, last + 1);
  return spread === "even"
    ? evenPositions(size, last)
    : Int32Array.from({ length: size }, (_, i) => last - size + 1 + i);
}

/**
 * Queries of prefill that an eviction may observe: the last ones, or some evenly over the prompt. The question's tokens
 * carry its own queries, with noise. Tokens of the context carry noise, and so do all where the scorer may not see the
 * question.
 */
export function observedQueries(
  { ops, params, seed, tokens }: Workspace,
  { contextEnd, queries }: PromptEnd,
  observed: Observed,
): Queries {
  const { headDim, fidelity, groupSize, sharpness } = params;
  const { queryAware, spread } = observed;
  const positions = observedPositions(observed, { tokens, contextEnd });
  const size = positions.length;
  const shares = positions.map((position) =>
    queryAware && (spread === "last" || position > contextEnd) ? 1 : 0,
  );
  const heads = queries.map((query, h) => {
    const rows = matrix(size * groupSize, headDim);
    ops.fillNormal(rows, hash64(`${seed}/observed/${h}`));
    const data = flat(rows);
    const asked = flat(query);
    const turns = query.shape[0]!;
    for (let i = 0; i < data.length; i++) {
      const token = Math.floor(i / (groupSize * headDim));
      const share = fidelity * shares[token]!;
      data[i] =
        share * asked[(token % turns) * headDim + (i % headDim)]! + Math.sqrt(1 - share * share) * data[i]!;
    }
    return normaliseRows(rows);
  });
  return {
    heads,
    count: size,
    group: groupSize,
    positions,
    scale: sharpness / Math.sqrt(headDim),
    phase: "prefill",
  };
}
