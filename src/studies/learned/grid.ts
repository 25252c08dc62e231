import type { MixerName } from "../../learned/shape.ts";
import type { LearnedTask } from "../../learned/tasks/all.ts";
import type { MqarSizes } from "../../learned/tasks/mqar.ts";
import type { TrainSettings } from "../../learned/train.ts";

/** A reader to be trained for one of the three questions. */
export interface LearnedCell {
  readonly name: string;
  readonly question: "width" | "depth" | "length";
  /** name of its attention: a mixer, or hybrid */
  readonly attention: string;
  readonly settings: TrainSettings;
}

/** Grids: a part that takes minutes, and the whole, which takes a night on two cores. */
export const gridSizes = ["part", "full"] as const;

export type GridSize = (typeof gridSizes)[number];

/** Settings that all cells share. The rates were chosen on dense and linear readers while looking at their curves. */
const common = { batch: 32, warmup: 25, every: 50, evaluated: 128, enough: 0.98, seed: 0 } as const;

/** Mixers of the layers of each attention. The convolution before a mixer does the work of zoology's first layer. */
const attentions: Readonly<Record<string, readonly MixerName[]>> = {
  dense: ["dense"],
  hybrid: ["gated-delta", "dense"],
  "gated-delta": ["gated-delta"],
  linear: ["linear"],
  window: ["window"],
};

interface CellSize {
  readonly task: LearnedTask;
  readonly mixers: readonly MixerName[];
  readonly width: number;
  readonly heads: number;
  readonly positions: number;
  readonly expansion: number;
  readonly steps: number;
  readonly rate: number;
}

const settingsOf = ({ task, mixers, steps, rate, ...sizes }: CellSize): TrainSettings => ({
  ...common,
  shape: { vocabulary: task.vocabulary, mixers, window: 16, convolution: 3, ...sizes },
  task,
  steps,
  rate,
});

/**
 * Recall as zoology's `multiquery_ar` generates it, with random symbols between the queries, its default. All gaps are
 * alike (its power is .01), and vocabularies are smaller than its 8192: both were chosen while looking at curves, because
 * a dense reader learns such sequences in the fewest steps.
 */
const recall = (tokens: number, pairs: number): MqarSizes => ({
  name: "mqar",
  vocabulary: 2 * tokens,
  tokens,
  pairs,
  power: 1,
  randomFillers: true,
  layout: "listed",
});

/** A reader of one width. Training ends early where the task is solved: readers that do not solve it take all steps. */
const widthCell = (
  attention: string,
  { width, tokens, pairs, steps }: { width: number; tokens: number; pairs: number; steps: number },
): LearnedCell => ({
  name: `width-${tokens}-${attention}-${width}${steps < longRun ? "-short" : ""}`,
  question: "width",
  attention,
  settings: settingsOf({
    task: recall(tokens, pairs),
    mixers: attentions[attention]!,
    width,
    heads: 1,
    positions: 0,
    expansion: 0,
    steps,
    rate: 0.005,
  }),
});

const depthCell = (layers: number, hops: number, tokens: number, steps: number): LearnedCell => ({
  name: `depth-hops-${hops}-${layers}`,
  question: "depth",
  attention: "dense",
  settings: settingsOf({
    // four kinds of characters, as in the source
    task: { name: "k-hop", vocabulary: hops + 5, tokens, hops, most: hops, mixed: true },
    mixers: Array.from({ length: layers }, () => "dense"),
    width: 64,
    heads: 2,
    positions: tokens,
    expansion: 0,
    steps,
    rate: 0.005,
  }),
});

const lookupCell = (layers: number): LearnedCell => ({
  name: `depth-graph-lookup-${layers}`,
  question: "depth",
  attention: "dense",
  settings: settingsOf({
    task: { name: "graph-lookup", vocabulary: 65, tokens: 64, edges: 12 },
    mixers: Array.from({ length: layers }, () => "dense"),
    width: 64,
    heads: 2,
    positions: 64,
    expansion: 0,
    steps: 400,
    rate: 0.005,
  }),
});

/** One dense layer without positions, so that it can read longer sequences than it was trained on. */
const lengthCell = (tokens: number): LearnedCell => ({
  name: `length-${tokens}`,
  question: "length",
  attention: "dense",
  settings: settingsOf({
    task: { ...recall(tokens, tokens / 8), vocabulary: 256 },
    mixers: ["dense"],
    width: 64,
    heads: 1,
    positions: 0,
    expansion: 0,
    steps: 400,
    rate: 0.005,
  }),
});

/** Most steps of readers of one width: in the part of the grid, and in all of it. */
const [shortRun, longRun] = [300, 3000];

const widthCells = (widths: readonly number[], sizes: { tokens: number; pairs: number; steps: number }) =>
  widths.flatMap((width) =>
    Object.keys(attentions).map((attention) => widthCell(attention, { width, ...sizes })),
  );

/** The cells of a grid. */
export function gridCells(size: GridSize): LearnedCell[] {
  const short = [
    lengthCell(64),
    ...[1, 2].map(lookupCell),
    ...[1, 2].map((layers) => depthCell(layers, 2, 33, 800)),
  ];
  if (size === "part") return [...short, ...widthCells([64, 32], { tokens: 64, pairs: 8, steps: shortRun })];
  return [
    ...short,
    ...[3, 4].map((layers) => depthCell(layers, 2, 33, 800)),
    ...[128, 256].map(lengthCell),
    ...widthCells([16, 32, 64, 128], { tokens: 64, pairs: 8, steps: longRun }),
    ...[1, 2, 3, 4].map((layers) => depthCell(layers, 4, 49, 6000)),
    ...widthCells([16, 32, 64, 128], { tokens: 128, pairs: 16, steps: longRun }),
  ];
}
