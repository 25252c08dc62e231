import type { MixerName } from "../../learned/shape.ts";
import type { LearnedTask } from "../../learned/tasks/all.ts";
import type { TrainSettings } from "../../learned/train.ts";

/** Sizes of a task as the command line has them. */
interface LearnedTaskOptions {
  readonly task: LearnedTask["name"];
  readonly vocabulary: number;
  readonly tokens: number;
  /** key-value pairs, or edges */
  readonly pairs: number;
  readonly power: number;
  readonly fillers?: true | undefined;
  readonly hops: number;
}

/** Settings of a training as the command line has them. */
export interface TrainOptions extends LearnedTaskOptions, Omit<TrainSettings, "shape" | "task"> {
  readonly mixers?: readonly MixerName[] | undefined;
  readonly window: number;
  readonly width: number;
  readonly heads: number;
  readonly convolution: number;
  readonly positions?: number | undefined;
  readonly expansion: number;
}

/** The settings of a training that the command line asks for. */
export function trainSettings(given: TrainOptions): TrainSettings {
  const { mixers = ["dense"], window, width, heads, convolution, expansion, ...rest } = given;
  const { task, tokens, pairs, power, fillers, hops, vocabulary, ...others } = rest;
  const { positions = tokens, ...training } = others;
  return {
    shape: { vocabulary, positions, mixers, width, heads, window, convolution, expansion },
    task: learnedTask({ task, vocabulary, tokens, pairs, power, fillers, hops }),
    ...training,
  };
}

/** The task of a name with those sizes that it has. */
function learnedTask({ task: name, vocabulary, tokens, ...given }: LearnedTaskOptions): LearnedTask {
  const { pairs, power, fillers = false, hops } = given;
  const sizes = { vocabulary, tokens };
  switch (name) {
    case "mqar":
      return { name, ...sizes, pairs, power, randomFillers: fillers, layout: "listed" };
    case "k-hop":
      return { name, ...sizes, hops, most: hops, mixed: true };
    case "graph-lookup":
      return { name, ...sizes, edges: pairs };
  }
}
