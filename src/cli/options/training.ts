import type { Command } from "@commander-js/extra-typings";
import { mixerNames } from "../../learned/shape.ts";
import { learnedTaskNames } from "../../learned/tasks/all.ts";
import type { TrainOptions } from "./learned-task.ts";
import { integer, list, oneOf, positive, share } from "./values.ts";

/** Adds the options of the training of one small transformer: its shape, its task and its steps. */
export const withTrainingOptions = <
  A extends unknown[],
  O extends Record<string, unknown>,
  G extends Record<string, unknown>,
>(
  command: Command<A, O, G>,
): Command<A, O & TrainOptions, G> =>
  (command as unknown as Command)
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
    .option("--seed <n>", "seed of weights and sequences", integer(0), 0) as unknown as Command<
    A,
    O & TrainOptions,
    G
  >;
