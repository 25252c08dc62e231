import { isNear, overlap } from "../rules.ts";
import type { Evidence } from "./chapter.ts";
import { numericsCells } from "./evidence.ts";
import { listText, publishedPercent, publishedText, scoreText } from "./text.ts";

/** A published column and the trials that stand for it. */
export interface SimulatedColumn {
  readonly benchmark: string;
  readonly column: string;
  readonly task: string;
  readonly tokens: string;
}

/** Columns of a model at whose level the dense reader is not. No sentence where there are none. */
export function levelDepartures(
  evidence: Evidence,
  model: string,
  columns: readonly SimulatedColumn[],
): string[] {
  const far = columns.filter(
    ({ benchmark, column, task, tokens }) =>
      !isNear(
        evidence.score({ task, variant: "dense", tokens }).mean,
        publishedPercent(evidence, { benchmark, model, column }) / 100,
      ),
  );
  const told = ({ benchmark, column, task, tokens }: SimulatedColumn): string =>
    `${scoreText(evidence, { task, variant: "dense", tokens })} on ${benchmark} ${column}, where the page has ${publishedText(evidence, { benchmark, model, column })} percent`;
  return far.length === 0
    ? []
    : [`The dense reader at its defaults is not at ${model}'s level: it scores ${far.map(told).join("; ")}.`];
}

/** Cells in which full numerics and the mean field disagree beyond both intervals. No sentence where there are none. */
export function numericsDepartures(evidence: Evidence): string[] {
  const apart = numericsCells(evidence).filter(
    ({ numerics, trials }) => !overlap(numerics, evidence.score(trials)),
  );
  return apart.length === 0
    ? []
    : [
        `Full numerics and the mean field disagree beyond their intervals or ranges in ${listText(
          apart.map(
            ({ trials, text, count }) =>
              `${trials.variant} at ${trials.tokens} (${text}, ${count} problems, against ${scoreText(evidence, trials)})`,
          ),
        )}.`,
      ];
}
