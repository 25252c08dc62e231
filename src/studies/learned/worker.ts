import { trainReader } from "../../learned/run.ts";
import type { Backend } from "../../learned/autograd.ts";
import type { TrainSettings } from "../../learned/train.ts";

/** Message to a worker: train this reader in this folder, or go on with it. */
export interface TrainTask {
  readonly settings: TrainSettings;
  readonly folder: string;
  readonly backend?: Backend | undefined;
}

/** Trains a reader in a worker. Its result is the checkpoint in the folder. */
export default async function train(task: TrainTask): Promise<void> {
  await trainReader(task);
}
