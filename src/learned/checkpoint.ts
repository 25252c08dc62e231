import { readFileSync } from "node:fs";
import { UsageError } from "../core/errors.ts";
import { writeAtomic } from "../files/files.ts";
import { safetensorsMetadata } from "../files/safetensors.ts";
import { TensorFile } from "../files/tensor-file.ts";
import { safetensorsBytes } from "../files/write-safetensors.ts";
import type { NamedTensor } from "../files/write-safetensors.ts";
import type { TrainPoint, TrainSettings, TrainState } from "./train.ts";
import { sizeOf, weightPlans } from "./weights.ts";
import type { ReaderWeights } from "./weights.ts";

/** Settings and backend of a run, which goes on only with the same ones. */
export interface CheckpointOwner {
  readonly settings: TrainSettings;
  readonly backend: string;
}

/** Groups of tensors of a checkpoint, by the beginning of their names. */
const groups = ["weights", "first", "second"] as const;

/** Writes a state whole or not at all: weights and both moments as float32, settings and curve as metadata. */
export function writeCheckpoint(path: string, owner: CheckpointOwner, state: TrainState): void {
  const { weights, moments, step, curve } = state;
  const numbers = { weights, first: moments.first, second: moments.second };
  const tensors = groups.flatMap((group) =>
    weightPlans(owner.settings.shape).map(({ name, shape }): [string, NamedTensor] => [
      `${group}.${name}`,
      { shape, data: numbers[group][name]! },
    ]),
  );
  const metadata = {
    owner: JSON.stringify(owner),
    step: String(step),
    curve: JSON.stringify(curve),
  };
  writeAtomic(path, safetensorsBytes(Object.fromEntries(tensors), metadata));
}

/**
 * Reads a state.
 *
 * @throws UsageError for a file that is torn, or of a run with other settings
 */
export function readCheckpoint(path: string, owner: CheckpointOwner): TrainState {
  const bytes = readFileSync(path);
  const metadata = safetensorsMetadata(
    path,
    (from, length) => bytes.subarray(from, from + length),
    bytes.length,
  );
  if (metadata["owner"] !== JSON.stringify(owner))
    throw new UsageError(
      `${path} is of a run with other settings: ${metadata["owner"] ?? "none"}; asked for: ${JSON.stringify(owner)}`,
    );
  const group = (name: (typeof groups)[number]): ReaderWeights =>
    Object.fromEntries(
      weightPlans(owner.settings.shape).map((plan) => {
        const out = new Float32Array(sizeOf(plan));
        const file = TensorFile.open(`${path}:${name}.${plan.name}`, plan.name);
        try {
          file.read(0, out);
        } finally {
          file.close();
        }
        return [plan.name, out];
      }),
    );
  return {
    step: Number(metadata["step"]),
    curve: JSON.parse(metadata["curve"]!) as TrainPoint[],
    weights: group("weights"),
    moments: { first: group("first"), second: group("second") },
  };
}
