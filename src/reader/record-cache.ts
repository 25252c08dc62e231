import type { KeyValueCache } from "../attention/cache.ts";
import { flat } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { FeatureTerm, RecordSet } from "../tasks/task.ts";
import { makeCache, rowOf } from "./cache.ts";
import type { Setting } from "./cache.ts";
import { featureIds, fillCodes, matrix, normaliseRows, sumCodes } from "./codes.ts";
import { HeadEmbedding, mapTokens } from "./embed.ts";

/** A cache whose records are keyed by one feature each and carry another, and what reading it takes. */
export interface RecordCache {
  readonly cache: KeyValueCache;
  /** (2 F) names of the features to the generator */
  readonly ids: Uint32Array;
  /** per kv head (F, d) */
  readonly keyCodes: readonly Tensor[];
  readonly valueCodes: readonly Tensor[];
  /** per kv head (Q, d): rows of norm sqrt(d) that ask for these things */
  ideal(asked: readonly Asked[]): Tensor[];
  /** per kv head the value codes of these features, in the head's space */
  candidates(features: ArrayLike<number>): Tensor[];
  /** for each feature the anchors of the records that have it as their key */
  readonly anchors: readonly (readonly number[])[];
}

/** What a query asks for: a sum of features, most often of one. */
export type Asked = readonly FeatureTerm[];

/** Asks for one feature. */
export const askFor = (feature: number): Asked => [{ weight: 1, feature }];

/**
 * Embeds records into K and V of every kv head.
 *
 * @param asked what the question's own queries ask for
 * @param contextEnd last token before the question; that of the last record when absent
 */
export function embedRecords(
  setting: Setting,
  records: RecordSet,
  features: readonly string[],
  asked: readonly Asked[],
  contextEnd = records.anchor[records.count - 1] ?? 0,
): RecordCache {
  const { ops, params, seed, tokens, spaces, measure } = setting;
  const [column] = records.key;
  if (!column || records.key.length > 1) throw new Error("these records have one key feature each");
  const ids = featureIds(features);
  const heads = measure("embed", () => {
    const map = mapTokens(records, tokens);
    return spaces.map((space, h) => {
      const keyCodes = fillCodes(ops, space, seed, h, "key", ids, params.headDim);
      const valueCodes = fillCodes(ops, space, seed, h, "value", ids, params.headDim);
      const embedding = new HeadEmbedding(ops, space, params, seed, h, tokens);
      embedding.embedKeys(map, keyCodes, column.features);
      embedding.embedValues(map, valueCodes, records.value);
      return { keyCodes, valueCodes, embedding };
    });
  });
  const ideal = (wanted: readonly Asked[]): Tensor[] =>
    heads.map(({ keyCodes }) => {
      const rows = matrix(wanted.length, params.headDim);
      wanted.forEach((terms, i) => sumCodes(keyCodes, terms, rows, i));
      return normaliseRows(rows);
    });
  return {
    cache: makeCache(
      setting,
      heads.map((head) => head.embedding),
      { contextEnd, queries: ideal(asked) },
    ),
    ids,
    keyCodes: heads.map(({ keyCodes }) => keyCodes),
    valueCodes: heads.map(({ valueCodes }) => valueCodes),
    ideal,
    candidates: (wanted) =>
      heads.map(({ valueCodes }, h) =>
        gathered(valueCodes, wanted, spaces[h]!.empty(wanted.length, params.headDim)),
      ),
    anchors: anchorsByKey(column.features, records.anchor, features.length),
  };
}

/** Rows of a code table, one after another. */
function gathered(codes: Tensor, features: ArrayLike<number>, out: Tensor): Tensor {
  const d = codes.shape[1]!;
  for (let i = 0; i < features.length; i++) flat(out).set(flat(rowOf(codes, features[i]!)), i * d);
  return out;
}

function anchorsByKey(keys: Int32Array, anchors: Int32Array, features: number): number[][] {
  const lists: number[][] = Array.from({ length: features }, () => []);
  keys.forEach((feature, r) => {
    if (feature >= 0) lists[feature]!.push(anchors[r]!);
  });
  return lists;
}
