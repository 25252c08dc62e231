import type { Queries } from "../../attention/cache.ts";
import { flat, rowsOf } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { FeatureSum } from "../../tasks/circuit.ts";
import type { TextGeometry } from "../geometry/geometry.ts";
import type { ReaderParams } from "../params.ts";
import { laterByWords } from "../spelling-shares.ts";
import { averse, unitLength } from "./aversion.ts";
import { matrix, normaliseRows, sumCodes } from "./codes.ts";
import { makeQueries } from "./queries.ts";
import { contentWidth } from "../geometry/position.ts";
import type { TextHead } from "./text-head.ts";
import type { TextPrompt } from "./text-prompt.ts";
import type { Workspace } from "./workspace.ts";

/** A query of text: a subject, and the tokens after which the answer goes on. */
export interface TextAsk {
  readonly subject: FeatureSum;
  /** number of a context of the stream, and the share of the query that asks for it; absent: the subject alone */
  readonly context?: { readonly number: number; readonly share: number };
}

/** Ideal queries: per kv head (Q, d), rows of norm sqrt(d) without position, and their aversion to the mean of keys. */
export const idealAsks = (
  params: ReaderParams,
  { aversion }: TextGeometry,
  heads: readonly TextHead[],
  asks: readonly TextAsk[],
): Tensor[] =>
  heads.map(({ codes }) => {
    const headDim = codes.features.shape[1]!;
    const rows = matrix(asks.length, headDim);
    asks.forEach(({ subject, context }, i) => {
      const share = context?.share ?? 0;
      const row = flat(rows).subarray(i * headDim, (i + 1) * headDim);
      sumCodes(codes.features, subject, rows, i);
      for (let c = 0; c < row.length; c++) row[c]! *= 1 - share;
      if (context)
        for (let c = 0; c < row.length; c++)
          row[c]! += share * flat(codes.contexts)[context.number * headDim + c]!;
      row.fill(0, contentWidth(headDim));
    });
    normaliseRows(rows);
    for (let i = 0; i < asks.length; i++)
      averse(flat(rowsOf(rows, i, i + 1)), codes.mean, aversion * unitLength(params));
    return rows;
  });

/**
 * Part of a full query with which a token is asked when the prompt is repeated, by how far it stands out: predictable
 * tokens are written without looking. The line and its ends are assumptions.
 */
const lookFor = (salience: number): number => Math.min(1, Math.max(0.05, 0.3 + 0.2 * salience));

/**
 * Queries of a second reading of the prompt: each token is asked by the words before it and by the subject of its
 * record, as later tokens of an answer are, and the harder the more it stands out.
 *
 * @param wanted tokens that are repeated, ascending
 */
export function repeatedTextQueries(
  workspace: Workspace,
  { geometry, map, stream, subjects, salience }: TextPrompt,
  heads: readonly TextHead[],
  wanted: Int32Array,
): Queries {
  const asks = Array.from(wanted, (token): TextAsk => {
    const record = map.record[token]!;
    const context = { number: stream.contexts.of[token]!, share: laterByWords };
    return { subject: record < 0 ? [] : subjects[record]!, context };
  });
  const queries = makeQueries(workspace, {
    name: "repeated",
    ideal: idealAsks(workspace.params, geometry, heads, asks),
    ids: Uint32Array.from([...wanted].flatMap((token) => [token, 0])),
    positions: wanted.map(() => wanted.at(-1)!),
    phase: "prefill",
    step: 0,
  });
  const { headDim, groupSize } = workspace.params;
  for (const rows of queries.heads) {
    const numbers = flat(rows);
    for (let at = 0; at < numbers.length; at++)
      numbers[at]! *= lookFor(salience[wanted[Math.floor(at / (groupSize * headDim))]!]!);
  }
  return queries;
}
