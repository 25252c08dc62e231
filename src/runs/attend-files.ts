import { attendTensors, tensorsCost, tensorsMemory } from "../attention/attend-tensors.ts";
import type { HeadReport } from "../attention/attend-tensors.ts";
import type { Phase } from "../attention/cache.ts";
import { departuresOf } from "../attention/departures.ts";
import { largestLogit } from "../attention/finite.ts";
import { denseIn } from "../attention/phase.ts";
import { parseSpec } from "../attention/spec.ts";
import { inMemory, shapesOf } from "../attention/tensors.ts";
import type { StoredHeads, TensorShapes } from "../attention/tensors.ts";
import type { StepCost } from "../core/cost.ts";
import { UsageError } from "../core/errors.ts";
import { formatBytes } from "../core/units.ts";
import { loadEngine } from "../engines/registry.ts";
import { withinFloat32 } from "../engines/tolerance.ts";
import { writeNpy } from "../files/npy.ts";
import { withTensorFiles } from "../files/tensor-file.ts";

/** Tensors in files, and the variant that attends to them. */
export interface AttendedFiles {
  /** attention variant spec */
  readonly variant: string;
  /** .npy or .safetensors files of the queries, keys and values */
  readonly paths: Readonly<Record<"q" | "k" | "v", string>>;
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
}

/** A variant's work on tensors: sizes, the cost of a decode step, and a report for each query head. */
export interface AttendReport extends TensorShapes {
  /** attention variant spec, every parameter named */
  readonly variant: string;
  /** departures of the variant from its sources */
  readonly differs: readonly string[];
  readonly engine: string;
  readonly threads: number;
  /** phase that ran */
  readonly phase: Phase;
  /** whether the variant attends densely in this phase, so that nothing here is its own work */
  readonly denseInPhase: boolean;
  /** bound on the logits: the longest query times the longest key */
  readonly largestLogit: number;
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
  return withTensorFiles(paths, async (files) => {
    const sequence = (name: "q" | "k" | "v"): StoredHeads => files[name].sequence(asked.batch);
    const [stored, k, v] = [sequence("q"), sequence("k"), sequence("v")];
    const shapes = shapesOf(k, v, stored);
    const cost = tensorsCost(spec, shapes);
    const q = inMemory(stored);
    const largest = largestLogit({ q, k, v });
    const exact = !withinFloat32(shapes.headDim, largest);
    const needed = tensorsMemory(exact ? "reference" : engine, shapes, cost);
    if (needed > memoryBytes)
      throw new UsageError(
        `these tensors need ${formatBytes(needed)} of memory; allowed are ${formatBytes(memoryBytes)} (--memory-gb)`,
      );
    const ops = await loadEngine(engine, threads === undefined ? {} : { threads });
    try {
      const { compare, phase } = asked;
      const { output, heads, ...ran } = attendTensors({ q, k, v, spec, ops, compare, largest, phase });
      if (out !== undefined) writeNpy(out, [shapes.queryHeads, shapes.queries, shapes.valueDim], [output]);
      return {
        variant: spec.resolved,
        differs: departuresOf(spec),
        ...ran,
        denseInPhase: denseIn(spec.variant, ran.phase),
        largestLogit: largest,
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
