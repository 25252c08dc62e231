/**
 * Limits of MLflow's tracking API: of one request to runs/log-batch, and of the lengths of texts in characters. Source:
 * https://github.com/mlflow/mlflow, mlflow/utils/validation.py, commit 001cc178a1442b488da41853c497adc5285a284d.
 */
export const limits = {
  metrics: 1000,
  params: 100,
  tags: 100,
  /** metrics, params and tags together */
  entities: 1000,
  /** of a request's JSON */
  bytes: 1e6,
  key: 250,
  paramValue: 6000,
  tagValue: 5000,
  experimentName: 500,
} as const;

/** A parameter or tag of a run. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A number of a run. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Unix time, ms */
  readonly timestamp: number;
  /** context tokens */
  readonly step: number;
}

/** Entities of one request to runs/log-batch. */
export interface LogBatch {
  readonly metrics: readonly Metric[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

const kinds = ["params", "tags", "metrics"] as const;

/** Bytes of a request beside its entities. */
const frameBytes = 1000;

const bytesOf = (entity: object): number => Buffer.byteLength(JSON.stringify(entity)) + 1;

/** Splits entities into requests within the limits, in order: parameters and tags first. */
export function batchesOf(all: LogBatch): LogBatch[] {
  const batches: { metrics: Metric[]; params: KeyValue[]; tags: KeyValue[] }[] = [];
  let [count, bytes] = [0, 0];
  for (const kind of kinds)
    for (const entity of all[kind]) {
      const size = bytesOf(entity);
      const last = batches.at(-1);
      const full =
        last === undefined ||
        last[kind].length === limits[kind] ||
        count === limits.entities ||
        bytes + size > limits.bytes;
      if (full) {
        batches.push({ metrics: [], params: [], tags: [] });
        [count, bytes] = [0, frameBytes];
      }
      (batches.at(-1)![kind] as (Metric | KeyValue)[]).push(entity);
      count += 1;
      bytes += size;
    }
  return batches;
}
