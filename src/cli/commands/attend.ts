import type { Command } from "@commander-js/extra-typings";
import { phases } from "../../attention/phase.ts";
import { attendFiles } from "../../runs/attend-files.ts";
import { writeRows } from "../../runs/write-rows.ts";
import { measureCapture } from "../../studies/capture/run.ts";
import { captureRows, captureSummary } from "../../studies/capture/tables.ts";
import { attendNotes } from "../options/attend-notes.ts";
import { oneLayer, refuseOfTensors } from "../options/attended.ts";
import { outputOptions } from "../options/outputs.ts";
import { collect, cores, integer, oneOf, positive } from "../options/values.ts";
import { formatAttend } from "../print/attend.ts";
import { formatCapture } from "../print/capture.ts";
import { withBar } from "../print/progress.ts";
import { print } from "../print/print.ts";

/** `attnsim attend`: a variant on the user's own tensors, or on a capture of a whole model. */
export default function attendCommand(command: Command): void {
  const asking = command
    .option("--variant <spec>", "attention variant: quest(budget=512)+fp8; of a capture several", collect)
    .option("--q <file>", "queries")
    .option("--k <file>", "keys")
    .option("--v <file>", "values")
    .option("--capture <file>", "q, k and v of all layers of a model, .safetensors")
    .option("--queries <n>", "last queries of each head of a capture (default: 64)", integer(1))
    .option("--index-q <file>", "queries of the model's own index, in the place of the variant's")
    .option("--index-k <file>", "keys of the model's own index")
    .option("--index-v <file>", "values of the model's own compressed blocks")
    .option("--gates <file>", "weights of the model's own index heads, or gates of its branches")
    .option("--scale <n>", "factor on q.k (default: 1 / sqrt(d))", positive)
    .option("--phase <name>", "prefill or decode (default: see below)", oneOf("phase", phases))
    .option("--batch <n>", "sequence of tensors (batch, heads, rows, d), from 0", integer(0))
    .option(
      "--out <file>",
      "the output (queryHeads, Q, width of v), .npy of float32; of a capture the reader's parameters, .json",
    )
    .option("--engine <name>", "numeric engine", "wasm")
    .option("--threads <n>", "threads of the engine", cores)
    .option("--memory-gb <gb>", "refuse a run that needs more memory (default: the free memory)", positive)
    .option(
      "--allow-nonfinite",
      "take NaN and Infinity in q, k and v, and give what the reference engine gives",
    )
    .option("--no-compare", "skip dense mass and error, which need dense attention too")
    .option("--json", "print JSON");
  outputOptions(asking)
    .addHelpText("after", attendNotes)
    .action(async ({ memoryGb, json, capture, ...options }) => {
      const memoryBytes = memoryGb === undefined ? undefined : memoryGb * 1e9;
      if (capture !== undefined) {
        refuseOfTensors(options);
        const asked = { ...options, capture, memoryBytes };
        const answer = await withBar("layers", (onLayer) => measureCapture(asked, onLayer));
        await writeRows(captureRows(answer), capture, options);
        print(json ? JSON.stringify(captureSummary(answer), null, 2) : formatCapture(answer));
        return;
      }
      const { indexQ, indexK, indexV, gates } = options;
      const captured = { indexQ, indexK, indexV, gates };
      const report = await attendFiles({ ...options, ...oneLayer(options), captured, memoryBytes });
      print(json ? JSON.stringify({ ...report, out: options.out }, null, 2) : formatAttend(report));
    });
}
