import type { StepCost } from "../core/cost.ts";
import { kvDtypeBytes } from "../core/dtype.ts";
import type { AnyParams } from "../core/params.ts";
import { mean } from "../core/stats.ts";
import { flat } from "../core/tensor.ts";
import type { Ops } from "../engines/ops.ts";
import { referenceEngine } from "../engines/reference/engine.ts";
import { attender } from "./attender.ts";
import type { Phase, Queries } from "./cache.ts";
import type { Captured } from "./captured.ts";
import { fitsFloat32, magnitudesOf, refuseNotFinite } from "./finite.ts";
import type { Magnitudes } from "./finite.ts";
import { fittedCapture } from "./own-index.ts";
import { phaseFor } from "./phase.ts";
import type { AttentionResult, HeadResult } from "./read.ts";
import { shapesOf } from "./shapes.ts";
import type { TensorShapes } from "./shapes.ts";
import { parseShaping } from "./spec.ts";
import type { AttentionSpec } from "./spec.ts";
import { cacheFromTensors } from "./tensors.ts";
import type { PlainTensors } from "./tensors.ts";
import type { AnyVariant } from "./variant.ts";
import { dense } from "./variants/dense/dense.ts";

/** Means over the queries of one query head. */
export interface HeadReport {
  readonly head: number;
  readonly kvHead: number;
  readonly tokensRead: number;
  /** entropy of the weights, in nats */
  readonly entropy: number;
  /** share of dense attention's weight on the rows that were read */
  readonly denseMass?: number;
  /** share that was read of the keys of largest dense weight, as many as were asked for */
  readonly recall?: number;
  /** share that was read of the keys that hold what queries ask for; absent if none is known */
  readonly factRecall?: number;
  /** |output - dense output| / |dense output| over all queries; absent if the dense output is 0 and the output is not */
  readonly error?: number;
}

/** Tensors that a variant attends to, and how. */
export interface AttendedTensors extends PlainTensors {
  readonly spec: AttentionSpec;
  readonly ops: Ops;
  /** compare with dense attention */
  readonly compare: boolean;
  /** keys of largest dense weight, of each query, whose recall is measured; default: it is not */
  readonly topKeys?: number | undefined;
  /** token that holds what a query asks for, by the query's place in `q`; default: none is known */
  readonly facts?: ReadonlyMap<number, number> | undefined;
  /** memory for K, V and index, by a label for each kv head; default: new memory of the engine */
  readonly space?: Ops["space"] | undefined;
  /** the model's own index, in the place of the variant's; its queries belong to those of `q` */
  readonly captured?: Captured | undefined;
  /** factor on q.k; default: 1 / sqrt(d) */
  readonly scale?: number | undefined;
  /** take NaN and Infinity in q, k and v; the reference engine then runs, whatever `ops` is */
  readonly allowNonfinite?: boolean | undefined;
  /** bounds from `magnitudesOf`; without them the tensors are looked through first */
  readonly magnitudes?: Magnitudes | undefined;
  /** phase of the queries; without it the one in which the variant does its own work (phase.ts) */
  readonly phase?: Phase | undefined;
}

/** Result of a variant on tensors. */
export interface AttendedHeads {
  /** (queryHeads, Q, value width), row-major */
  readonly output: Float32Array;
  /** phase that ran */
  readonly phase: Phase;
  /** engine that ran: the reference engine in float64 where logits or values are too large for float32 */
  readonly engine: string;
  readonly threads: number;
  readonly heads: readonly HeadReport[];
}

/**
 * Runs a variant on tensors. K and V are rounded to the spec's kv dtype, and so are those of the dense attention that
 * it is compared with.
 *
 * @throws UsageError where shapes do not fit each other, or a number is not finite
 */
export function attendTensors({ q, k, v, spec, compare, ...given }: AttendedTensors): AttendedHeads {
  const { variant, params, kvDtype = "f32", logitShaping: shaping = parseShaping("none") } = spec;
  const shapes = shapesOf(k, v, q);
  const phase = given.phase ?? phaseFor(spec, shapes);
  const magnitudes = given.magnitudes ?? magnitudesOf({ q, k, v }, given.scale, given.allowNonfinite);
  const ops = fitsFloat32(shapes, magnitudes) ? given.ops : referenceEngine();
  const captured = fittedCapture(spec, shapes, given.captured ?? {});
  const { cache, queries } = cacheFromTensors(
    given.space && ops === given.ops ? { space: given.space, round: (rows, to) => ops.round(rows, to) } : ops,
    { k, v, q },
    { kvDtype, phase, captured, scale: given.scale },
  );
  const attend = (by: AnyVariant, settings: AnyParams): AttentionResult =>
    attender({ variant: by, params: settings, shaping }, cache, ops)(queries);
  const result = attend(variant, params);
  const reference = compare ? attend(dense, {}) : undefined;
  const heads = result.heads.flatMap((own, kvHead) =>
    Array.from({ length: queries.group }, (_, g) => ({
      head: kvHead * queries.group + g,
      kvHead,
      ...means(own, queries, g),
      ...recallOfFacts(own, queries, g, given.facts),
      ...(reference && comparison(own, reference.heads[kvHead]!, rowsAndPlaces(queries, g), given.topKeys)),
    })),
  );
  const output = assemble(result, queries);
  if (!given.allowNonfinite) refuseNotFinite(output, [shapes.queryHeads, shapes.queries, shapes.valueDim]);
  return { output, phase, engine: ops.name, threads: ops.threads, heads };
}

/** Cost of one decode step over a cache of these sizes. */
export const tensorsCost = (
  { variant, params, kvDtype = "f32" }: AttentionSpec,
  shapes: TensorShapes,
): StepCost => {
  const { kvHeads, headDim, valueDim } = shapes;
  const bytesPerElement = kvDtypeBytes[kvDtype];
  const rowBytes = kvHeads * (headDim + valueDim) * bytesPerElement;
  return variant.cost({ ...shapes, bytesPerElement, ...(valueDim !== headDim && { rowBytes }) }, params);
};

/** Bytes of the program and scratch, which do not grow with the tensors. */
const baseBytes = 300e6;

/**
 * Bytes that K, V and the index take in an engine, with q and the output. An index of narrow elements takes four times
 * its modelled bytes.
 */
export function tensorsMemory(
  engine: string,
  { kvHeads, tokens, headDim, valueDim, queryHeads, queries }: TensorShapes,
  { indexKeptBytes }: StepCost,
): number {
  const element = engine === "reference" ? 8 : 4;
  const cache = kvHeads * tokens * (headDim + valueDim) * element;
  return baseBytes + cache + indexKeptBytes * element + 2 * queryHeads * queries * (headDim + valueDim) * 8;
}

/** The rows of a kv head's results that belong to its g-th query head. */
const rowsOfHead = ({ count, group }: Queries, g: number): number[] =>
  Array.from({ length: count }, (_, i) => i * group + g);

function means(own: HeadResult, queries: Queries, g: number): { tokensRead: number; entropy: number } {
  const rows = rowsOfHead(queries, g);
  return {
    tokensRead: mean(rows.map((i) => own.tokensRead(i))),
    entropy: mean(rows.map((i) => own.entropy(i))),
  };
}

function recallOfFacts(
  own: HeadResult,
  { group }: Queries,
  g: number,
  facts: ReadonlyMap<number, number> = new Map(),
): { factRecall?: number } {
  if (facts.size === 0) return {};
  return { factRecall: mean([...facts].map(([i, token]) => (own.reads(i * group + g, token) ? 1 : 0))) };
}

/** A query head's row of a kv head's results, and the keys that it sees. */
interface PlacedRow {
  readonly row: number;
  readonly visible: number;
}

const rowsAndPlaces = (queries: Queries, g: number): PlacedRow[] =>
  rowsOfHead(queries, g).map((row, i) => ({ row, visible: queries.positions[i]! + 1 }));

function comparison(
  own: HeadResult,
  reference: HeadResult,
  rows: readonly PlacedRow[],
  topKeys: number | undefined,
): { denseMass: number; recall?: number; error?: number } {
  let difference = 0;
  let length = 0;
  for (const { row: i } of rows) {
    const [got, wanted] = [outputRow(own, i), outputRow(reference, i)];
    for (let c = 0; c < wanted.length; c++) {
      difference += (got[c]! - wanted[c]!) ** 2;
      length += wanted[c]! ** 2;
    }
  }
  const masses = rows.map(({ row, visible }) => denseMass(own, reference, row, visible));
  const error = difference === 0 ? 0 : Math.sqrt(difference / length);
  return {
    denseMass: mean(masses),
    ...(topKeys !== undefined && {
      recall: mean(rows.map((placed) => recallOfTop(own, reference, placed, topKeys))),
    }),
    ...(Number.isFinite(error) && { error }),
  };
}

/** Share that was read of the `topKeys` visible keys of largest dense weight. */
function recallOfTop(
  own: HeadResult,
  reference: HeadResult,
  { row, visible }: PlacedRow,
  topKeys: number,
): number {
  const all = Int32Array.from({ length: visible }, (_, token) => token);
  const weights = reference.weights(row, all);
  const top = all.sort((a, b) => weights[b]! - weights[a]! || a - b).subarray(0, topKeys);
  return top.reduce((count, token) => count + (own.reads(row, token) ? 1 : 0), 0) / top.length;
}

/** Dense weight on those of the visible rows that were read. */
function denseMass(own: HeadResult, reference: HeadResult, i: number, visible: number): number {
  const read: number[] = [];
  for (let row = 0; row < visible; row++) if (own.reads(i, row)) read.push(row);
  // rounding of an engine's sums may take the share past 1
  return read.length === visible
    ? 1
    : Math.min(
        1,
        reference.weights(i, read).reduce((a, b) => a + b, 0),
      );
}

function outputRow({ output }: HeadResult, i: number): Float32Array | Float64Array {
  const width = output.shape[1]!;
  return flat(output).subarray(i * width, (i + 1) * width);
}

/** (Q G, value width) of each kv head, put in the order (queryHeads, Q, value width). */
function assemble({ heads }: AttentionResult, { group, count }: Queries): Float32Array {
  const queryHeads = heads.length * group;
  const width = heads[0]!.output.shape[1]!;
  const out = new Float32Array(queryHeads * count * width);
  for (let head = 0; head < queryHeads; head++)
    for (let i = 0; i < count; i++)
      out.set(
        outputRow(heads[Math.floor(head / group)]!, i * group + (head % group)),
        (head * count + i) * width,
      );
  return out;
}
