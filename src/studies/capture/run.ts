import { tensorsCost, tensorsMemory } from "../../attention/attend-tensors.ts";
import type { Phase } from "../../attention/cache.ts";
import { fitsFloat32, magnitudesOf } from "../../attention/finite.ts";
import { parseSpec } from "../../attention/spec.ts";
import type { AttentionSpec } from "../../attention/spec.ts";
import type { TensorShapes } from "../../attention/shapes.ts";
import { cacheFromTensors, inMemory } from "../../attention/tensors.ts";
import { UsageError } from "../../core/errors.ts";
import { formatBytes } from "../../core/units.ts";
import type { Ops } from "../../engines/ops.ts";
import { referenceEngine } from "../../engines/reference/engine.ts";
import { loadEngine } from "../../engines/registry.ts";
import { reusedSpaces } from "../../engines/reused-spaces.ts";
import { writeAtomic } from "../../files/files.ts";
import { measureHeads } from "./heads.ts";
import type { CapturedHead } from "./heads.ts";
import { withCapture } from "./layers.ts";
import type { StoredCapture } from "./layers.ts";
import { defaultVariants, lossesOf } from "./losses.ts";
import type { HeadLoss } from "./losses.ts";
import { readerOf } from "./reader.ts";
import type { MeasuredReader } from "./reader.ts";

/** A capture of the attention of a model, and how it is measured. */
export interface AskedCapture {
  /** .safetensors file with q (layers, queryHeads, Q, d), k and v (layers, kvHeads, N, d) */
  readonly capture: string;
  /** attention variant specs; default: `defaultVariants` */
  readonly variant?: readonly string[] | undefined;
  /** last queries of each head that are measured; default: 64 */
  readonly queries?: number | undefined;
  readonly engine: string;
  readonly threads?: number | undefined;
  /** most memory that may be taken, in bytes. Default: the memory that is free. */
  readonly memoryBytes?: number | undefined;
  /** phase of the queries; without it the one in which each variant does its own work */
  readonly phase?: Phase | undefined;
  /** factor on q.k; default: 1 / sqrt(d) */
  readonly scale?: number | undefined;
  /** .json file for the reader's parameters, which `attnsim run --config` takes */
  readonly out?: string | undefined;
}

/** Measures of a capture's heads, the reader that is like them, and the losses by variants. */
export interface CaptureAnswer extends TensorShapes {
  readonly capture: string;
  readonly layers: number;
  readonly scale: number;
  readonly engine: string;
  /** queries of each head whose fact is known */
  readonly facts: number;
  readonly reader: MeasuredReader;
  readonly heads: readonly CapturedHead[];
  /** of every layer, variant and query head */
  readonly losses: readonly HeadLoss[];
}

/**
 * Measures a capture layer by layer: one layer is in memory at a time.
 *
 * @param onLayer called after each layer, with the number of layers
 * @throws UsageError for a file that cannot be read, shapes that do not fit each other, numbers that are not finite, and
 *   layers that need more memory than is allowed
 */
export function measureCapture(
  asked: AskedCapture,
  onLayer: (layers: number) => void = () => undefined,
): Promise<CaptureAnswer> {
  const { capture, queries = 64, out, engine, threads, memoryBytes = process.availableMemory() } = asked;
  if (out !== undefined && !out.endsWith(".json"))
    throw new UsageError(`--out of a capture must end in .json; got ${out}`);
  return withCapture(capture, queries, async (stored) => {
    const { shapes, layers } = stored;
    const { scale = 1 / Math.sqrt(shapes.headDim) } = asked;
    const specs = (asked.variant ?? defaultVariants(shapes.tokens)).map((text) => parseSpec(text));
    refuseTooLarge(engine, shapes, specs, memoryBytes);
    const ops = await loadEngine(engine, threads === undefined ? {} : { threads });
    const measured: MeasuredLayer[] = [];
    try {
      const space = reusedSpaces(ops);
      for (let l = 0; l < layers; l++) {
        measured.push(measureLayer(stored, l, { specs, ops, space, scale, phase: asked.phase }));
        onLayer(layers);
      }
    } finally {
      ops.close();
    }
    const heads = measured.flatMap((layer) => layer.heads);
    const reader = readerOf(heads, shapes.headDim);
    if (out !== undefined) writeAtomic(out, `${JSON.stringify(reader.params, null, 2)}\n`);
    const losses = measured.flatMap((layer) => layer.losses);
    return { capture, layers, ...shapes, scale, engine, facts: stored.facts.size, reader, heads, losses };
  });
}

/** @throws UsageError if a layer needs more memory than is allowed */
function refuseTooLarge(
  engine: string,
  shapes: TensorShapes,
  specs: readonly AttentionSpec[],
  allowed: number,
): void {
  const needed = Math.max(...specs.map((spec) => tensorsMemory(engine, shapes, tensorsCost(spec, shapes))));
  if (needed > allowed)
    throw new UsageError(
      `one layer of this capture needs ${formatBytes(needed)} of memory; allowed are ${formatBytes(allowed)} (--memory-gb)`,
    );
}

interface MeasuredLayer {
  readonly heads: readonly CapturedHead[];
  readonly losses: readonly HeadLoss[];
}

interface LayerMeasuring {
  readonly specs: readonly AttentionSpec[];
  readonly ops: Ops;
  readonly space: Ops["space"];
  readonly scale: number;
  readonly phase: Phase | undefined;
}

function measureLayer(stored: StoredCapture, l: number, work: LayerMeasuring): MeasuredLayer {
  const { specs, ops, space, scale, phase } = work;
  const { facts } = stored;
  const { k, v, q } = stored.layer(l);
  try {
    const tensors = { k, v, q: inMemory(q) };
    const magnitudes = magnitudesOf(tensors, scale);
    const isExact = !fitsFloat32(stored.shapes, magnitudes);
    const own = isExact ? referenceEngine() : ops;
    const memory: Pick<Ops, "space" | "round"> = isExact
      ? own
      : {
          space,
          round: (rows, to) => {
            own.round(rows, to);
          },
        };
    const { cache, queries } = cacheFromTensors(memory, tensors, { scale });
    return {
      heads: measureHeads(l, cache, { queries, facts }, own),
      losses: specs.flatMap((spec) =>
        lossesOf(l, spec, { ...tensors, facts, ops, space, scale, magnitudes, phase }),
      ),
    };
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`layer ${l}: ${error.message}`);
    throw error;
  }
}
