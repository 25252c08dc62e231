import type { Command } from "@commander-js/extra-typings";
import { backends } from "../../learned/autograd.ts";
import { trainReader } from "../../learned/run.ts";
import { gridSizes } from "../../studies/learned/grid.ts";
import { runLearned } from "../../studies/learned/run.ts";
import { trainSettings } from "../options/learned-task.ts";
import { forceOption } from "../options/results.ts";
import { withTrainingOptions } from "../options/training.ts";
import { cores, oneOf, positive } from "../options/values.ts";
import { formatEvaluation, formatTraining } from "../print/learned.ts";
import { formatLearned } from "../print/learned-study.ts";
import { printStudy } from "../print/study.ts";
import { watch } from "../print/watch.ts";
import { print, printError } from "../print/print.ts";

const notes = `
Tasks: mqar, multi-query associative recall as zoology generates it (zoology/data/multiquery_ar.py); k-hop, k-hop
induction (arXiv 2402.09268), each sequence with 1 to --hops hops; graph-lookup, a list of edges, then nodes whose
neighbour is asked for. Each name in --mixers is a layer. Several different names make a hybrid.

The folder gets checkpoint.safetensors and curve.csv after every evaluation, and capture.safetensors at the end: q, k and
v of shape (layers, heads, tokens, d) on an evaluated sequence. The same command run again goes on where it ended. Two
runs of the same command have the same losses on the same backend.

With --study a grid of readers answers three questions: recall against width, hops against depth, and what swapping the
attention of a trained reader does against length, beside the constructed reader whose numbers were read off it. The
options of a single reader then have no effect. Trained readers are kept in --cells, so that the same command goes on.`;

/** `attnsim learn`: trains a small transformer with chosen attention. */
export default function learnCommand(command: Command): void {
  withTrainingOptions(command.requiredOption("--out <folder>", "folder of the results"))
    .option("--backend <name>", `TensorFlow.js on: ${backends.join(", ")}`, oneOf("backend", backends))
    .option("--study <size>", `train a grid of readers: ${gridSizes.join(", ")}`, oneOf("size", gridSizes))
    .option("--cells <folder>", "study: checkpoints of the grid's readers", "results/local/learned-cells")
    .option("--workers <n>", "study: readers that are trained side by side (default: one a core)", cores)
    .option("--minutes <n>", "study: begin no further reader after this time", positive)
    .option(...forceOption)
    .option("--json", "study: print the answer as JSON")
    .addHelpText("after", notes)
    .action(async ({ study, cells, workers, minutes, force, json, out, backend, ...given }) => {
      if (study !== undefined) {
        const asked = { size: study, cells, workers, minutes, backend, out, force };
        printStudy(await runLearned(asked, watch), json, formatLearned);
        return;
      }
      const { state, paths } = await trainReader({
        settings: trainSettings(given),
        folder: out,
        backend,
        onEvaluation: (point) => printError(formatEvaluation(point)),
      });
      for (const path of paths) printError(path);
      print(formatTraining(state.curve));
    });
}
