import type { Tensor } from "../../core/tensor.ts";
import type { FeatureSum, FeatureTerm, RecordSet } from "../../tasks/circuit.ts";
import { matrix, sumCodes } from "./codes.ts";

/** Content of a record's key: the features of its key columns, scaled. */
export const contentOf = ({ key }: RecordSet, record: number, scale = 1): FeatureTerm[] =>
  key
    .map(({ weight, features }) => ({ weight: weight * scale, feature: features[record]! }))
    .filter(({ feature }) => feature >= 0);

/** Names of the features of a record's key: `format:poem, topic:tapirs`. */
export const contentName = (records: RecordSet, record: number, features: readonly string[]): string =>
  contentOf(records, record)
    .map(({ feature }) => features[feature]!)
    .join(", ");

/** Sums of codes, a row each: (M, d). */
export function sumsOf(codes: Tensor, count: number, terms: (row: number) => FeatureSum): Tensor {
  const table = matrix(count, codes.shape[1]!);
  for (let row = 0; row < count; row++) sumCodes(codes, terms(row), table, row);
  return table;
}
