import { booleanColumn, integerColumn, numberColumn, orEmpty, textColumn } from "../../core/table.ts";
import type { RowOf } from "../../core/table.ts";
import { estimateScore, mean } from "../../core/stats.ts";
import { formatShare } from "../../core/units.ts";
import { readerParams, resolveReader } from "../../reader/params.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import { thresholds } from "../rules.ts";
import { judgeConclusion, marginConclusions } from "./conclusions.ts";
import { marginOf, margins, marginWays, readerAtMargin, sharpnessLikeDefault } from "./reader.ts";
import type { HeldCurve, MarginWay } from "./reader.ts";
import { drawScores, MarginScores, marginTasks } from "./scores.ts";
import type { MarginTask } from "./scores.ts";

/** Problems and curves of a run. */
export interface MarginsQuestion {
  /** dense curves that are held equal */
  readonly held: HeldCurve;
  /** problems of each cell on which conclusions are judged */
  readonly problems: number;
}

const tasks = Object.keys(marginTasks) as readonly MarginTask[];

const readerColumns = [
  textColumn(
    "way",
    "dimension: smaller heads, and more of them; fidelity: keys that follow their codes less",
  ),
  integerColumn("margin", "margin asked for, in standard deviations of a random key's logit"),
  textColumn("task", "task spec"),
  numberColumn("actual", "margin of the reader: fidelity times the root of headDim"),
  integerColumn("headDim", readerParams.headDim.doc),
  integerColumn("kvHeads", readerParams.kvHeads.doc),
  numberColumn("fidelity", readerParams.fidelity.doc),
  numberColumn("sharpness", "sharpness at which dense attention's curve is nearest to the default reader's"),
  numberColumn("distance", "mean distance of dense attention's scores from the default reader's, 0 to 1"),
  booleanColumn("isHeld", `whether that is at most ${thresholds.near}`),
] as const;

const cellColumns = [
  integerColumn("margin", "margin asked for"),
  textColumn("task", "task spec"),
  textColumn("variant", "attention variant spec"),
  textColumn("tokens", "nominal context length"),
  integerColumn("reads", "reads of each query"),
  numberColumn("score", "mean score, mean field"),
  numberColumn("low", "lower end of its interval, or of its range"),
  numberColumn("high", "upper end"),
  integerColumn("trials", "problems"),
] as const;

export const judgedColumns = [
  textColumn("conclusion", "name of the conclusion"),
  textColumn("text", "the conclusion"),
  integerColumn("margin", "margin asked for"),
  textColumn(
    "verdict",
    "holds: the intervals of all its numbers lie within their bounds; fails: one lies outside; undecided: one lies on both sides; empty: what it compares with scores below .1",
  ),
  numberColumn(
    "number",
    "the number that decides: a mean score, or a mean difference of scores on the same problems",
  ),
  numberColumn("low", "lower end of its 95% interval, or of its range"),
  numberColumn("high", "upper end"),
  textColumn("kind", "wilson, t: 95% interval; range: of fewer than ten problems"),
  orEmpty(numberColumn("above", "the number must lie above; empty for no bound")),
  orEmpty(numberColumn("below", "the number must lie below; empty for no bound")),
  integerColumn("trials", "problems"),
] as const;

export type ReaderAtMargin = RowOf<typeof readerColumns>;
type MarginCellRow = RowOf<typeof cellColumns>;
export type JudgedRow = RowOf<typeof judgedColumns>;

/** The numbers that a run takes: one step for each reader and task, and one for each margin. */
export const marginSteps = (): number => margins.length * (marginWays.length * tasks.length + 1);

/** Readers at every margin, by both ways, with dense attention's curves held. */
function readersOf({ held }: MarginsQuestion, onStep: () => void): ReaderAtMargin[] {
  const rowOf = (way: MarginWay, margin: number, task: MarginTask): ReaderAtMargin => {
    const reader = readerAtMargin(way, margin);
    const { sharpness, distance } = isDefault(reader)
      ? { sharpness: readerParams.sharpness.default, distance: 0 }
      : sharpnessLikeDefault(marginTasks[task], held, reader);
    const { headDim, kvHeads, fidelity } = resolveReader(reader);
    onStep();
    return {
      way,
      margin: Math.round(margin),
      task: marginTasks[task],
      actual: marginOf(reader),
      headDim,
      kvHeads,
      fidelity,
      sharpness,
      distance,
      isHeld: distance <= thresholds.near,
    };
  };
  return marginWays.flatMap((way) =>
    margins.flatMap((margin) => tasks.map((task) => rowOf(way, margin, task))),
  );
}

const isDefault = (reader: Partial<ReaderParams>): boolean =>
  Object.entries(reader).every(
    ([name, value]) => Math.abs((value as number) - readerParams[name as "fidelity"].default) < 1e-9,
  );

const readerOfRow = ({ headDim, kvHeads, fidelity, sharpness }: ReaderAtMargin): Partial<ReaderParams> => ({
  headDim,
  kvHeads,
  fidelity,
  sharpness,
});

/** The conclusions in the readers of one margin. */
function judgedAt(margin: number, scores: MarginScores): JudgedRow[] {
  return marginConclusions.map((conclusion) => {
    const { verdict, decided } = judgeConclusion(conclusion, scores);
    const { estimate, above, below } = decided;
    return {
      conclusion: conclusion.name,
      text: conclusion.text,
      margin,
      verdict,
      number: estimate.mean,
      low: estimate.low,
      high: estimate.high,
      kind: estimate.kind,
      above: Number.isFinite(above) ? above : null,
      below: Number.isFinite(below) ? below : null,
      trials: estimate.trials,
    };
  });
}

function cellRows(margin: number, scores: MarginScores): MarginCellRow[] {
  return scores.cells().map(({ cell: { task, variant, tokens, reads = 1 }, scores: own }) => {
    const { mean: score, low, high } = estimateScore(own)!;
    return { margin, task: marginTasks[task], variant, tokens, reads, score, low, high, trials: own.length };
  });
}

/**
 * Judges every conclusion about accuracy at several margins, with dense attention's curve on each task held as near to the
 * default reader's as sharpness can bring it.
 *
 * @param onStep called `marginSteps` times
 */
export function judgeMargins(question: MarginsQuestion, onStep: () => void) {
  const readers = readersOf(question, onStep);
  const judged: JudgedRow[] = [];
  const cells: MarginCellRow[] = [];
  for (const margin of margins.map(Math.round)) {
    const own = readers.filter((row) => row.way === "dimension" && row.margin === margin);
    const byTask = Object.fromEntries(
      tasks.map((task) => [task, readerOfRow(own.find((row) => row.task === marginTasks[task])!)]),
    ) as Record<MarginTask, Partial<ReaderParams>>;
    const scores = new MarginScores(drawScores(byTask, question.problems));
    judged.push(...judgedAt(margin, scores));
    cells.push(...cellRows(margin, scores));
    onStep();
  }
  return {
    tables: marginTables({ readers, judged, cells }),
    figures: {},
    findings: heldFindings(readers),
    assumptions: [
      `${question.problems} problems a cell, mean field; sharpness is chosen on ${question.held.problems} other problems at ${question.held.lengths.join(", ")} tokens, for each task by itself`,
      `dense attention counts as held where its scores are ${formatShare(thresholds.near)} off on average at most`,
    ],
  };
}

const marginTables = ({
  readers,
  judged,
  cells,
}: {
  readonly readers: readonly ReaderAtMargin[];
  readonly judged: readonly JudgedRow[];
  readonly cells: readonly MarginCellRow[];
}): readonly ResultTable[] => [
  resultTable({
    name: "conclusions",
    title: "Conclusions about accuracy at a margin",
    columns: judgedColumns,
    rows: judged,
    primaryKey: ["conclusion", "margin"],
  }),
  resultTable({
    name: "readers",
    title: "Readers at a margin, with the sharpness that holds dense attention's curve",
    columns: readerColumns,
    rows: readers,
    primaryKey: ["way", "margin", "task"],
  }),
  resultTable({
    name: "cells",
    title: "Scores behind the conclusions",
    columns: cellColumns,
    rows: cells,
    primaryKey: ["margin", "task", "variant", "tokens", "reads"],
  }),
];

/** Sentences on how well sharpness holds dense attention. */
function heldFindings(readers: readonly ReaderAtMargin[]): string[] {
  const distances = (way: MarginWay): string =>
    margins
      .map(Math.round)
      .map((margin) => {
        const own = readers.filter((row) => row.way === way && row.margin === margin);
        return `${formatShare(mean(own.map(({ distance }) => distance)))} at ${margin}`;
      })
      .join(", ");
  return [
    `Smaller heads: dense attention's curves at the best sharpness are off by ${distances("dimension")}.`,
    `Less fidelity: off by ${distances("fidelity")}.`,
  ];
}
