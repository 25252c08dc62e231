import type { KeyValueCache } from "../../attention/cache.ts";
import { flat, rowsOf } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { FeatureSum, RecordSet } from "../../tasks/circuit.ts";
import type { IdleHeads } from "./asker.ts";
import { makeCache } from "./cache.ts";
import { featureIds, fillCodes, matrix, normaliseRows, sumCodes } from "./codes.ts";
import { HeadEmbedding, mapTokens } from "./embed.ts";
import type { Workspace } from "./workspace.ts";

/** A cache whose records are keyed by one feature each and carry another, and what reading it takes. */
export interface RecordCache {
  readonly cache: KeyValueCache;
  /** (2 F) names of the features to the generator */
  readonly ids: Uint32Array;
  /** Ideal queries for these sums of features: per kv head (Q, d), rows of norm sqrt(d). */
  ideal(asked: readonly FeatureSum[]): Tensor[];
  /** Value codes of these features: per kv head (V, d), in the head's space. */
  valueCodes(features: ArrayLike<number>): Tensor[];
  /** heads that rest; absent where nothing is known of them */
  readonly idle?: IdleHeads;
  /** for each feature the anchors of the records that have it as their key */
  readonly anchors: readonly (readonly number[])[];
}

/** A query for one feature. */
export const askFor = (feature: number): FeatureSum => [{ weight: 1, feature }];

/** Records of a prompt, and the question behind them. */
export interface PromptRecords {
  readonly records: RecordSet;
  /** names of all features */
  readonly features: readonly string[];
  /** what the question's own queries ask for */
  readonly questions: readonly FeatureSum[];
  /** last token before the question; default: the last token of the last record */
  readonly contextEnd?: number;
}

/** Embeds records into K and V of every kv head. */
export function embedRecords(
  workspace: Workspace,
  { records, features, questions, contextEnd = records.anchor[records.count - 1] ?? 0 }: PromptRecords,
): RecordCache {
  const { params, tokens, spaces, measure } = workspace;
  const [column] = records.key;
  if (!column || records.key.length > 1) throw new Error("these records have one key feature each");
  const ids = featureIds(features);
  const heads = measure("embed", () => {
    const map = mapTokens(records, tokens);
    return spaces.map((_, h) => {
      const keyCodes = fillCodes(workspace, h, "key", ids);
      const valueCodes = fillCodes(workspace, h, "value", ids);
      const embedding = new HeadEmbedding(workspace, h);
      embedding.embedKeys(map, keyCodes, column.features);
      embedding.embedValues(map, valueCodes, records.value);
      return { keyCodes, valueCodes, embedding };
    });
  });
  const ideal = (asked: readonly FeatureSum[]): Tensor[] =>
    heads.map(({ keyCodes }) => {
      const rows = matrix(asked.length, params.headDim);
      asked.forEach((terms, i) => sumCodes(keyCodes, terms, rows, i));
      return normaliseRows(rows);
    });
  const embeddings = heads.map(({ embedding }) => embedding);
  return {
    cache: makeCache(workspace, embeddings, { contextEnd, queries: ideal(questions) }),
    ids,
    ideal,
    valueCodes: (wanted) =>
      heads.map(({ valueCodes }, h) =>
        gathered(valueCodes, wanted, spaces[h]!.empty(wanted.length, params.headDim)),
      ),
    anchors: anchorsByKey(column.features, records.anchor, features.length),
  };
}

/** Copies rows of a code table, one after another. */
export function gathered(codes: Tensor, features: ArrayLike<number>, out: Tensor): Tensor {
  const d = codes.shape[1]!;
  for (let i = 0; i < features.length; i++)
    flat(out).set(flat(rowsOf(codes, features[i]!, features[i]! + 1)), i * d);
  return out;
}

/** For each feature the anchors of the records that have it as their key. */
export function anchorsByKey(keys: Int32Array, anchors: Int32Array, features: number): number[][] {
  const lists: number[][] = Array.from({ length: features }, () => []);
  keys.forEach((feature, r) => {
    if (feature >= 0) lists[feature]!.push(anchors[r]!);
  });
  return lists;
}
