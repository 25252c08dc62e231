import type { Command } from "@commander-js/extra-typings";
import { backends } from "../../learned/autograd.ts";
import { trainReader } from "../../learned/run.ts";
import { gridSizes } from "../../studies/learned/grid.ts";
import { runLearned } from "../../studies/learned/run.ts";
import { mixerNames } from "../../learned/shape.ts";
import { learnedTaskNames } from "../../learned/tasks/all.ts";
import { trainSettings } from "../options/learned-task.ts";
import { forceOption } from "../options/results.ts";
import { integer, list, oneOf, positive, share } from "../options/values.ts";
import { formatEvaluation, formatTraining } from "../print/learned.ts";
import { formatLearned } from "../print/learned-study.ts";
import { watch } from "../print/watch.ts";

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
  command
    .requiredOption("--out <folder>", "folder of the results")
    .option(
      "--mixers <names>",
      `mixer of each layer: ${mixerNames.join(", ")} (default: dense)`,
      list(oneOf("mixer", mixerNames)),
    )
    .option("--window <n>", "tokens that the mixer window reads", integer(1), 16)
    .option("--width <n>", "numbers of a token's vector", integer(1), 64)
    .option("--heads <n>", "heads of a layer", integer(1), 1)
    .option("--convolution <n>", "tokens of the convolution before each mixer; 0: none", integer(0), 3)
    .option("--positions <n>", "positions with an embedding; 0: none (default: the tokens)", integer(0))
    .option("--expansion <n>", "hidden numbers of the MLP over the width; 0: none", integer(0), 0)
    .option("--task <name>", learnedTaskNames.join(", "), oneOf("task", learnedTaskNames), "mqar")
    .option("--tokens <n>", "symbols of a sequence", integer(4), 64)
    .option("--pairs <n>", "mqar: key-value pairs of a sequence; graph-lookup: edges", integer(1), 4)
    .option("--power <x>", "mqar: exponent of the gaps' power law, 1: all gaps alike", positive, 0.01)
    .option("--fillers", "mqar: random symbols in all other places")
    .option("--hops <n>", "k-hop: most hops", integer(1), 2)
    .option("--vocabulary <n>", "symbols that there are", integer(4), 256)
    .option("--batch <n>", "sequences of a step", integer(1), 32)
    .option("--steps <n>", "most steps", integer(1), 500)
    .option("--rate <x>", "highest learning rate", positive, 0.005)
    .option("--warmup <n>", "steps in which the rate rises", integer(0), 25)
    .option("--every <n>", "steps from one evaluation to the next", integer(1), 25)
    .option("--evaluated <n>", "sequences of an evaluation", integer(1), 64)
    .option("--enough <share>", "accuracy at which training ends early", share, 0.98)
    .option("--seed <n>", "seed of weights and sequences", integer(0), 0)
    .option("--backend <name>", `TensorFlow.js on: ${backends.join(", ")}`, oneOf("backend", backends))
    .option("--study <size>", `train a grid of readers: ${gridSizes.join(", ")}`, oneOf("size", gridSizes))
    .option("--cells <folder>", "study: checkpoints of the grid's readers", "results/local/learned-cells")
    .option("--workers <n>", "study: readers that are trained side by side (default: one a core)", integer(1))
    .option("--minutes <n>", "study: begin no further reader after this time", positive)
    .option(...forceOption)
    .option("--json", "study: print the answer as JSON")
    .addHelpText("after", notes)
    .action(async ({ study, cells, workers, minutes, force, json, out, backend, ...given }) => {
      if (study !== undefined) {
        const asked = { size: study, cells, workers, minutes, backend, out, force };
        const { answer, files } = await runLearned(asked, watch);
        for (const file of files) console.error(file);
        console.log(json ? JSON.stringify(answer, null, 2) : formatLearned(answer));
        return;
      }
      const { state, paths } = await trainReader({
        settings: trainSettings(given),
        folder: out,
        backend,
        onEvaluation: (point) => console.error(formatEvaluation(point)),
      });
      for (const path of paths) console.error(path);
      console.log(formatTraining(state.curve));
    });
}
