import type { Random } from "../../core/random.ts";
import { graphLookupSequence } from "./graph-lookup.ts";
import type { GraphLookupSizes } from "./graph-lookup.ts";
import { kHopSequence } from "./k-hop.ts";
import type { KHopSizes } from "./k-hop.ts";
import { joinSequences } from "./labelled.ts";
import type { LabelledBatch, LabelledSequence } from "./labelled.ts";
import { mqarSequence } from "./mqar.ts";
import type { MqarSizes } from "./mqar.ts";

/** A task that readers are trained on, with its sizes. */
export type LearnedTask = MqarSizes | KHopSizes | GraphLookupSizes;

export const learnedTaskNames = [
  "mqar",
  "k-hop",
  "graph-lookup",
] as const satisfies readonly LearnedTask["name"][];

function sequenceOf(task: LearnedTask, random: Random): LabelledSequence {
  switch (task.name) {
    case "mqar":
      return mqarSequence(task, random);
    case "k-hop":
      return kHopSequence(task, random);
    case "graph-lookup":
      return graphLookupSequence(task, random);
  }
}

/** Sequences of a task, each a function of its own part of the stream. @throws UsageError for sizes that do not fit */
export const labelledBatch = (task: LearnedTask, sequences: number, random: Random): LabelledBatch =>
  joinSequences(Array.from({ length: sequences }, (_, s) => sequenceOf(task, random.fork(s))));
