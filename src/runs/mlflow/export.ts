import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { askMlflow, MlflowError, uploadArtifact } from "./client.ts";
import type { MlflowServer } from "./client.ts";
import type { ExportedRun } from "./entities.ts";
import { batchesOf, limits } from "./limits.ts";

/** A run that a server has taken. */
export interface TakenRun {
  readonly experimentId: string;
  readonly runId: string;
  /** files that were uploaded; none where the server has no artifact proxy */
  readonly uploaded: readonly string[];
}

/** A run, and the experiment that it becomes a part of. */
export interface RunToExport {
  /** name of the experiment */
  readonly experiment: string;
  /** folder of the run's files */
  readonly folder: string;
  readonly run: ExportedRun;
}

/** Scheme of artifacts that the server stores itself, for clients that know no other store. */
const proxied = "mlflow-artifacts:";

/**
 * Sends a run to an MLflow server: makes the experiment if there is none of the name, makes the run, logs its
 * parameters, tags and metrics in batches, uploads its files if the server has an artifact proxy, and ends it.
 *
 * @throws UsageError for an experiment's name that MLflow does not take; MlflowError for what the server refuses
 */
export async function exportRun(
  server: MlflowServer,
  { experiment, folder, run }: RunToExport,
): Promise<TakenRun> {
  if (experiment === "" || experiment.length > limits.experimentName)
    throw new UsageError(
      `the experiment's name must have 1 to ${limits.experimentName} characters; got ${experiment.length}`,
    );
  const experimentId = await experimentOf(server, experiment);
  const { run: made } = await askMlflow<{ run: { info: { run_id: string; artifact_uri?: string } } }>(
    server,
    "POST",
    "runs/create",
    { experiment_id: experimentId, run_name: run.name, start_time: run.started },
  );
  const { run_id: runId, artifact_uri: artifacts = "" } = made.info;
  for (const batch of batchesOf(run))
    await askMlflow(server, "POST", "runs/log-batch", { run_id: runId, ...batch });
  const uploaded = artifacts.startsWith(proxied) ? run.artifacts : [];
  const root = artifacts
    .slice(proxied.length)
    .replace(/^\/\/[^/]*/, "")
    .replace(/^\/+/, "");
  for (const file of uploaded)
    await uploadArtifact(server, `${root}/${file}`, readFileSync(join(folder, file)));
  await askMlflow(server, "POST", "runs/update", { run_id: runId, status: "FINISHED", end_time: run.ended });
  return { experimentId, runId, uploaded };
}

/** The id of an experiment, which is made if there is none. */
async function experimentOf(server: MlflowServer, name: string): Promise<string> {
  try {
    const found = await askMlflow<{ experiment: { experiment_id: string } }>(
      server,
      "GET",
      `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`,
    );
    return found.experiment.experiment_id;
  } catch (error) {
    if (!(error instanceof MlflowError && error.code === "RESOURCE_DOES_NOT_EXIST")) throw error;
  }
  const made = await askMlflow<{ experiment_id: string }>(server, "POST", "experiments/create", { name });
  return made.experiment_id;
}
