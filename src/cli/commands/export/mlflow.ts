import type { Command } from "@commander-js/extra-typings";
import { UsageError } from "../../../core/errors.ts";
import { exportedRun } from "../../../runs/mlflow/entities.ts";
import { exportRun } from "../../../runs/mlflow/export.ts";
import { batchesOf } from "../../../runs/mlflow/limits.ts";
import { print, printError } from "../../print/print.ts";

const notes = `
A folder becomes one run. Its settings are parameters; metrics are means by task and variant, with the context length as
their step: score/graphwalks-bfs/dsa k-2048. Tags name the files of the folder, which are uploaded if the server stores
artifacts itself (mlflow server --serve-artifacts).

MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, are sent if they are set.`;

/** An address of a server. @throws UsageError for another text */
function serverAddress(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  if (protocol !== "http:" && protocol !== "https:")
    throw new UsageError(`--url must be an address like http://localhost:5000; got "${text}"`);
  return text;
}

/** Value of the Authorization header, from the variables that MLflow's own client reads. */
function authorization(): string | undefined {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user } = process.env;
  if (token !== undefined) return `Bearer ${token}`;
  if (user === undefined) return undefined;
  const password = process.env["MLFLOW_TRACKING_PASSWORD"] ?? "";
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** `attnsim export mlflow`: a folder of results as a run of an MLflow server. */
export default function exportMlflowCommand(command: Command): void {
  command
    .argument("<folder>", "folder of results of trials")
    .requiredOption("--url <address>", "tracking server: http://localhost:5000", serverAddress)
    .requiredOption("--experiment <name>", "experiment of MLflow, which is made if there is none")
    .option("--dry-run", "print the requests that would log the run, as JSON, and send nothing")
    .addHelpText("after", notes)
    .action(async (folder, { url, experiment, dryRun }) => {
      const run = exportedRun(folder);
      const { name, started, ended, artifacts } = run;
      if (dryRun) {
        const batches = batchesOf(run);
        print(JSON.stringify({ experiment, name, started, ended, artifacts, batches }, null, 2));
        return;
      }
      const server = { url, authorization: authorization() };
      const { runId, experimentId, uploaded } = await exportRun(server, { experiment, folder, run });
      print(`${url.replace(/\/+$/, "")}/#/experiments/${experimentId}/runs/${runId}`);
      const files =
        uploaded.length > 0 ? `${uploaded.length} files` : "no files: the server has no artifact proxy";
      printError(`${run.metrics.length} metrics, ${run.params.length} parameters, ${files}`);
    });
}
