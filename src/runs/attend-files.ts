import { attendTensors, tensorsCost, tensorsMemory } from "../attention/attend-tensors.ts";
import type { HeadReport } from "../attention/attend-tensors.ts";
import type { Phase } from "../attention/cache.ts";
import { capturedNames } from "../attention/captured.ts";
import type { CapturedName } from "../attention/captured.ts";
import { departuresOf } from "../attention/departures.ts";
import { fitsFloat32, magnitudesOf } from "../attention/finite.ts";
import type { Magnitudes } from "../attention/finite.ts";
import { capturedLabel, capturedLabels } from "../attention/own-index.ts";
import { denseIn } from "../attention/phase.ts";
import { parseSpec } from "../attention/spec.ts";
import { shapesOf } from "../attention/shapes.ts";
import type { TensorShapes } from "../attention/shapes.ts";
import { inMemory } from "../attention/tensors.ts";
import type { StoredHeads } from "../attention/tensors.ts";
import type { StepCost } from "../core/cost.ts";
import { UsageError } from "../core/errors.ts";
import { formatBytes } from "../core/units.ts";
import { loadEngine } from "../engines/registry.ts";
import { writeNpy } from "../files/npy.ts";
import { withTensorFiles } from "../files/tensor-file.ts";

/** Tensors in files, and the variant that attends to them. */
export interface AttendedFiles {
  /** attention variant spec */
  readonly variant: string;
  /** .npy or .safetensors files of the queries, keys and values */
  readonly paths: Readonly<Record<"q" | "k" | "v", string>>;
  /** files of the model's own index */
  readonly captured?: Readonly<Partial<Record<CapturedName, string | undefined>>>;
  /** sequence of tensors (batch, heads, rows, d); without it their only one */
  readonly batch?: number | undefined;
  /** .npy file for the output. Default: the output is not kept. */
  readonly out?: string | undefined;
  readonly engine: string;
  readonly threads?: number | undefined;
  /** most memory that may be taken, in bytes. Default: the memory that is free. */
  readonly memoryBytes?: number | undefined;
  /** whether to compare with dense attention */
  readonly compare: boolean;
  /** phase of the queries; without it the one in which the variant does its own work */
  readonly phase?: Phase | undefined;
  /** factor on q.k; default: 1 / sqrt(d) */
  readonly scale?: number | undefined;
  /** take NaN and Infinity in q, k and v; the reference engine then runs */
  readonly allowNonfinite?: boolean | undefined;
}

/** A variant's work on tensors: sizes, the cost of a decode step, and a report for each query head. */
export interface AttendReport extends TensorShapes {
  /** attention variant spec, every parameter named */
  readonly variant: string;
  /** departures of the variant from its sources */
  readonly differs: readonly string[];
  /** tensors of the model's own index that took the place of the variant's, and those that can */
  readonly captured: readonly string[];
  readonly canBeCaptured: readonly string[];
  readonly engine: string;
  readonly threads: number;
  /** phase that ran */
  readonly phase: Phase;
  /** whether the variant attends densely in this phase, so that nothing here is its own work */
  readonly denseInPhase: boolean;
  /** bounds on logits and values */
  readonly magnitudes: Magnitudes;
  /** whether they are too large for float32, so that the reference engine ran in float64 */
  readonly exact: boolean;
  /** of one decode step */
  readonly cost: StepCost;
  readonly heads: readonly HeadReport[];
}

/**
 * Runs a variant on tensors from files, and writes its output.
 *
 * @throws UsageError for files that cannot be read, shapes that do not fit each other, and more memory than is allowed
 */
export async function attendFiles(asked: AttendedFiles): Promise<AttendReport> {
  const { paths, out, engine, threads, memoryBytes = process.availableMemory() } = asked;
  const spec = parseSpec(asked.variant);
  if (out !== undefined && !out.endsWith(".npy")) throw new UsageError(`--out must end in .npy; got ${out}`);
  const own = capturedNames.filter((name) => asked.captured?.[name] !== undefined);
  const ownPaths = Object.fromEntries(own.map((name) => [capturedLabel(name), asked.captured![name]!]));
  return withTensorFiles<string, AttendReport>({ ...paths, ...ownPaths }, async (files) => {
    const sequence = (name: string): StoredHeads => files[name]!.sequence(asked.batch);
    const [stored, k, v] = [sequence("q"), sequence("k"), sequence("v")];
    const shapes = shapesOf(k, v, stored);
    const cost = tensorsCost(spec, shapes);
    const q = inMemory(stored);
    const captured = Object.fromEntries(own.map((name) => [name, inMemory(sequence(capturedLabel(name)))]));
    const magnitudes = magnitudesOf({ q, k, v }, asked.scale, asked.allowNonfinite);
    const exact = !fitsFloat32(shapes, magnitudes);
    const needed = tensorsMemory(exact ? "reference" : engine, shapes, cost);
    if (needed > memoryBytes)
      throw new UsageError(
        `these tensors need ${formatBytes(needed)} of memory; allowed are ${formatBytes(memoryBytes)} (--memory-gb)`,
      );
    const ops = await loadEngine(engine, threads === undefined ? {} : { threads });
    try {
      const { compare, phase, scale, allowNonfinite } = asked;
      const given = { q, k, v, captured, spec, ops, compare, magnitudes, phase, scale, allowNonfinite };
      const { output, heads, ...ran } = attendTensors(given);
      if (out !== undefined) writeNpy(out, [shapes.queryHeads, shapes.queries, shapes.valueDim], [output]);
      return {
        variant: spec.resolved,
        differs: departuresOf(spec, own),
        captured: own.map(capturedLabel),
        canBeCaptured: capturedLabels(spec.variant),
        ...ran,
        denseInPhase: denseIn(spec.variant, ran.phase),
        magnitudes,
        exact,
        ...shapes,
        cost,
        heads,
      };
    } finally {
      ops.close();
    }
  });
}
