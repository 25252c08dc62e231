import { formatShare } from "../../core/units.ts";
import type { LearnedAnswer } from "../../studies/learned/result.ts";
import { formatTable } from "./table.ts";

/** The answer of the study of trained readers as text. */
export function formatLearned({ cells, missing, scores, readOffs, errors }: LearnedAnswer): string {
  const accuracy = formatTable(
    ["question", "attention", "asked", "tokens", "layers", "width", "steps", "right"],
    scores.map(({ cell: { question, attention, settings }, asked, steps, ...score }) => [
      question,
      attention,
      asked,
      settings.task.tokens,
      settings.shape.mixers.length,
      settings.shape.width,
      steps,
      `${formatShare(score.accuracy)} [${formatShare(score.low)} ${formatShare(score.high)}]`,
    ]),
  );
  const numbers = formatTable(
    ["reader", "sharpness", "margin", "margin, blind", "rank of keys", "dimension"],
    readOffs.map(({ cell, matches, capture, headDim }) => [
      cell.name,
      matches.spread.toPrecision(3),
      matches.margin.toPrecision(3),
      capture.margin.toPrecision(3),
      capture.centredRank.toPrecision(3),
      headDim,
    ]),
  );
  const off = formatTable(
    ["attention", "constructed reader", "right, off by", "read, off by", "weight, off by", "n"],
    errors.map(({ variant, reader, accuracy: right, recall, goldMass, cells: n }) => [
      variant,
      reader,
      formatShare(right),
      formatShare(recall),
      formatShare(goldMass),
      n,
    ]),
  );
  return [
    `${cells - missing} of ${cells} readers trained`,
    accuracy,
    `numbers read off:\n${numbers}`,
    `distance from the trained readers, mean over lengths:\n${off}`,
  ].join("\n\n");
}
