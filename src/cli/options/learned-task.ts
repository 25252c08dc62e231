import type { LearnedTask } from "../../learned/tasks/all.ts";

/** Sizes of a task as the command line has them. */
export interface LearnedTaskOptions {
  readonly vocabulary: number;
  readonly tokens: number;
  /** key-value pairs, or edges */
  readonly pairs: number;
  readonly power: number;
  readonly fillers: boolean;
  readonly hops: number;
}

/** The task of a name with those sizes that it has. */
export function learnedTask(
  name: LearnedTask["name"],
  { vocabulary, tokens, pairs, power, fillers, hops }: LearnedTaskOptions,
): LearnedTask {
  const sizes = { vocabulary, tokens };
  switch (name) {
    case "mqar":
      return { name, ...sizes, pairs, power, randomFillers: fillers };
    case "k-hop":
      return { name, ...sizes, hops, most: hops, mixed: true };
    case "graph-lookup":
      return { name, ...sizes, edges: pairs };
  }
}
