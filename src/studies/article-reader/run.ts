import { publishedScores } from "../../files/published.ts";
import { agreementReader } from "../agreement/reader.ts";
import { defaultReadings, targetsOf } from "../calibrate/target.ts";
import type { TargetColumn } from "../calibrate/target.ts";
import type { Candidate } from "../explain/candidates.ts";
import { rankCandidates } from "../explain/standings.ts";
import type { Standing } from "../explain/standings.ts";
import { tryNumbers } from "./fit.ts";
import { changesOf, readerAt, triedNumbers } from "./numbers.ts";
import { changeTable, pointTable, scoreTable } from "./tables.ts";

/** Models and problems of a run. */
export interface ArticleReaderQuestion {
  /** model that the reader is fitted to, and model whose columns a change is to give */
  readonly models: readonly [fitted: string, explained: string];
  /** problems of each column: of the fit, and of the changes */
  readonly trials: { readonly fit: number; readonly changes: number };
}

/** Seeds of the problems: changes are measured on others than the fit. */
const seeds = { fit: 1, changes: 0 } as const;

/** Steps of a run: points of the grid, the fitted reader on its own model's columns, and the changes. */
export const articleReaderSteps = (): number => triedNumbers.length + 2 + changesOf(agreementReader).length;

/**
 * Asks a reader whose keys follow the text which single change moves one model's columns to another's, in the mean field.
 *
 * @throws UsageError for a model without published scores
 */
export function askArticleReader(
  { models: [fitted, explained], trials }: ArticleReaderQuestion,
  onStep: () => void,
) {
  const columnsOf = (model: string): TargetColumn[] => targetsOf(publishedScores(), model, defaultReadings);
  const [own, other] = [columnsOf(fitted), columnsOf(explained)];
  const points = tryNumbers({ reader: agreementReader, trials: trials.fit, seed: seeds.fit }, own, onStep);
  const reader = readerAt(agreementReader, points[0]!.numbers);
  const ranked = (targets: readonly TargetColumn[], candidates: readonly Candidate[]): Standing[] => {
    const { base, ranking } = rankCandidates(
      {
        base: { name: "dense", kind: "attention", group: "dense", variant: "dense", reader },
        candidates,
        trials: trials.changes,
        seed: seeds.changes,
        onCandidate: onStep,
      },
      targets,
    );
    return [base, ...ranking];
  };
  const all = [
    { model: fitted, targets: own, standings: ranked(own, []) },
    { model: explained, targets: other, standings: ranked(other, changesOf(reader)) },
  ];
  const [[atFitted], [unchanged, nearest]] = all.map(({ standings }) => standings) as [
    Standing[],
    Standing[],
  ];
  const off = ({ error }: Standing): string => (100 * error.value).toFixed(1);
  return {
    tables: [pointTable(points, trials.fit), changeTable(all, trials.changes), scoreTable(all)],
    figures: {},
    findings: [
      `${points.length} points tried; the best is ${off(atFitted!)} points off ${fitted}'s columns and ${off(unchanged!)} off ${explained}'s`,
      `the nearest change, ${nearest!.candidate.name}, is ${off(nearest!)} points off ${explained}'s columns`,
    ],
    assumptions: [
      `mean field; ${trials.changes} problems a column, the same for all changes; numbers are fitted on ${trials.fit} others`,
      `the numbers are the best of a grid of ${points.length} points, by mean squared distance; no search follows`,
    ],
  };
}
