import type { KeyValueCache, Queries } from "../attention/cache.ts";
import { storageOf } from "../attention/kv-dtype.ts";
import { evenPositions } from "../core/places.ts";
import type { Measure } from "../core/profile.ts";
import { hash64 } from "../core/random.ts";
import { flat, rowsOf } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import { kvDtypeBytes } from "../engines/ops.ts";
import type { Ops, Space } from "../engines/ops.ts";
import { matrix, normaliseRows } from "./codes.ts";
import type { HeadEmbedding } from "./embed.ts";
import type { ReaderParams } from "./params.ts";

const spacesOfEngine = new WeakMap<Ops, Space[]>();

/** The regions of memory of the first `count` kv heads, emptied; an engine's are used again for every trial. */
export function headSpaces(ops: Ops, count: number): Space[] {
  const spaces = spacesOfEngine.get(ops) ?? [];
  spacesOfEngine.set(ops, spaces);
  while (spaces.length < count) spaces.push(ops.space(`kv head ${spaces.length}`));
  for (const space of spaces) space.clear();
  return spaces.slice(0, count);
}

/** Runs `work`, then gives back what it took from any of the spaces. */
export const scopedAll = <T>(spaces: readonly Space[], work: () => T): T =>
  spaces.reduceRight<() => T>((inner, space) => () => space.scoped(inner), work)();

/** What every circuit of one trial shares. */
export interface Setting {
  readonly ops: Ops;
  readonly params: ReaderParams;
  /** name of the trial's random streams */
  readonly seed: string;
  readonly tokens: number;
  readonly spaces: readonly Space[];
  /** measures what mechanisms share */
  readonly measure: Measure;
}

/**
 * Queries from ideal ones. With several query heads to a kv head each gets noise of its own:
 * rho q + sqrt(1 - rho^2) noise; a single one is the ideal query.
 *
 * @param ideal per kv head (Q, d), rows of norm sqrt(d)
 * @param ids (2 Q) names of the queries to the generator, so that a query's noise does not depend on its batch
 */
export function makeQueries(
  { ops, params, seed }: Setting,
  name: string,
  ideal: readonly Tensor[],
  ids: Uint32Array,
  positions: Int32Array,
  phase: Queries["phase"],
  step: number,
): Queries {
  const { groupSize, sharpness, headDim } = params;
  const heads =
    groupSize === 1
      ? ideal
      : ideal.map((queries, h) => noisyGroup(ops, params, `${seed}/query/${name}/${h}`, queries, ids));
  return {
    heads,
    count: positions.length,
    group: groupSize,
    positions,
    scale: sharpness / Math.sqrt(headDim),
    phase,
    step,
  };
}

function noisyGroup(
  ops: Ops,
  { groupSize, headDim, fidelity }: ReaderParams,
  seed: string,
  ideal: Tensor,
  ids: Uint32Array,
): Tensor {
  const count = ideal.shape[0]!;
  const out = matrix(count * groupSize, headDim);
  const noise = matrix(count, headDim);
  const data = flat(out);
  for (let g = 0; g < groupSize; g++) {
    ops.fillNormal(noise, hash64(`${seed}/${g}`), ids);
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

/** Where the context ends and what the question asks: what prefill's last queries are made of. */
export interface Question {
  /** last token of the context, before the question */
  readonly contextEnd: number;
  /** per kv head (A, d): the queries that the question's tokens carry by turns */
  readonly queries: readonly Tensor[];
}

/** The cache of the kv heads that one operation uses. */
export function makeCache(
  setting: Setting,
  embeddings: readonly HeadEmbedding[],
  question: Question,
): KeyValueCache {
  const { params, seed, tokens, spaces } = setting;
  const rowBytes = params.headDim * kvDtypeBytes[params.kvDtype];
  const { afterPrefill } = storageOf(params.kvDtype);
  return {
    tokens,
    headDim: params.headDim,
    bytesPerElement: kvDtypeBytes[params.kvDtype],
    seed,
    contextEnd: question.contextEnd,
    spanEnds: embeddings[0]!.ends,
    ...(afterPrefill && { afterPrefill }),
    heads: embeddings.map(({ keys, values }, h) => ({
      space: spaces[h]!,
      keys: { tensor: keys, kind: "kv", rowBytes },
      values: { tensor: values, kind: "kv", rowBytes },
    })),
    observed: (count, queryAware, spread) =>
      observedQueries(setting, question, Math.min(count, tokens), queryAware, spread),
  };
}

/**
 * The last queries of prefill, or some evenly over it: the question's own, with noise, or noise where the scorer may not
 * see it, and in the context before it.
 */
function observedQueries(
  setting: Setting,
  question: Question,
  count: number,
  queryAware: boolean,
  spread: "last" | "even" = "last",
): Queries {
  const { ops, params, seed, tokens } = setting;
  const { headDim, fidelity, groupSize, sharpness } = params;
  const last = queryAware ? tokens - 1 : question.contextEnd;
  const size = Math.min(count, last + 1);
  const positions =
    spread === "even"
      ? evenPositions(size, last)
      : Int32Array.from({ length: size }, (_, i) => last - size + 1 + i);
  const shares = positions.map((position) =>
    queryAware && (spread === "last" || position > question.contextEnd) ? 1 : 0,
  );
  const heads = question.queries.map((query, h) => {
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

/** Mean of each query's group of output rows: (Q G, d) to (Q, d). */
export function meanOfGroups(output: Tensor, group: number): Tensor {
  if (group === 1) return output;
  const [rows, d] = output.shape as [number, number];
  const out = matrix(rows / group, d);
  const from = flat(output);
  const to = flat(out);
  for (let i = 0; i < rows; i++) {
    const at = Math.floor(i / group) * d;
    for (let c = 0; c < d; c++) to[at + c]! += from[i * d + c]! / group;
  }
  return out;
}

/** One row of a matrix as a matrix of its own. */
export const rowOf = (rows: Tensor, i: number): Tensor => rowsOf(rows, i, i + 1);
