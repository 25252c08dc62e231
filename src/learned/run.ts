import { existsSync } from "node:fs";
import { join } from "node:path";
import { formatCsv } from "../files/csv-text.ts";
import { makeFolder, writeAtomic } from "../files/files.ts";
import { loadAutograd } from "./autograd.ts";
import type { Backend } from "./autograd.ts";
import { captureBytes, captureOf } from "./capture.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { curveColumns, evaluationBatchOf, firstState, isTrained, trainOn } from "./train.ts";
import type { TrainPoint, TrainSettings, TrainState } from "./train.ts";

/** A training run in a folder. */
export interface LearnedRun {
  readonly settings: TrainSettings;
  readonly folder: string;
  /** default: tfjs-node where it is installed, otherwise WebAssembly */
  readonly backend?: Backend | undefined;
  /** is called with each point of the curve, those of the checkpoint too */
  readonly onEvaluation?: ((point: TrainPoint) => void) | undefined;
}

/** Files of a run, in its folder. */
const files = { checkpoint: "checkpoint.safetensors", curve: "curve.csv", capture: "capture.safetensors" };

/** Whether a folder holds a run that has ended: its last file is the capture. */
export const hasEnded = (folder: string): boolean => existsSync(join(folder, files.capture));

/**
 * Trains a reader, or goes on with one whose checkpoint lies in the folder. Writes the checkpoint and the curve after
 * every evaluation, and at the end a capture of queries, keys and values on an evaluated sequence.
 *
 * @returns the last state and the paths of the files
 * @throws UsageError for sizes that do not fit each other, a folder that holds a run with other settings, and a backend
 *   that is not installed
 */
export async function trainReader({
  settings,
  folder,
  backend,
  onEvaluation,
}: LearnedRun): Promise<{ state: TrainState; paths: string[] }> {
  let state = firstState(settings);
  const tf = await loadAutograd(backend);
  const owner = { settings, backend: tf.getBackend() };
  makeFolder(folder);
  const [checkpoint, curve, capture] = [files.checkpoint, files.curve, files.capture].map((file) =>
    join(folder, file),
  ) as [string, string, string];
  if (existsSync(checkpoint)) {
    state = readCheckpoint(checkpoint, owner);
    for (const point of state.curve) onEvaluation?.(point);
  }
  while (!isTrained(settings, state)) {
    state = trainOn(tf, settings, state);
    writeCheckpoint(checkpoint, owner, state);
    writeAtomic(curve, formatCsv(curveColumns, state.curve));
    onEvaluation?.(state.curve.at(-1)!);
  }
  const { shape } = settings;
  writeAtomic(
    capture,
    captureBytes(captureOf(tf, { shape, weights: state.weights }, evaluationBatchOf(settings, 0, 1))),
  );
  return { state, paths: [checkpoint, curve, capture] };
}
