import type { Trial } from "../../trial/trial.ts";
import { trialId } from "../../trial/trial.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { formatMean } from "../../core/units.ts";
import { parseTask } from "../../tasks/spec.ts";
import { estimate, scoreMeasure } from "../../figures/aggregate.ts";
import { estimateDifference } from "../../core/stats.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import { groupBy } from "../../core/group.ts";
import { publishedScores } from "../../files/published.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import { formatLength, parseLength } from "../../core/length.ts";
import type { TrialOptions } from "../../trial/make-trial.ts";
import type { Chapter, ChapterTrials, Evidence, ReportTable } from "./chapter.ts";
import type { ExplainedChange } from "./explanation.ts";
import type { TextReaderChange } from "./text-reader.ts";
import type { SaidNumber } from "./numbers.ts";
import { scoreText } from "./text.ts";

/** Trials of an article's report: with full numerics or without, and their seed. */
export interface ArticleTrials {
  readonly full: boolean;
  readonly seed: number;
}

/** Trials of a chapter. They run in the mean field unless the chapter asks for numerics. */
const trialsOfChapter = ({ trials }: Chapter, { full, seed }: ArticleTrials): Trial[] =>
  trials === undefined
    ? []
    : [...trials((asked: TrialOptions) => makeTrial({ seed, mode: "mean-field", ...asked }), full)];

/** Trials of all chapters. Chapters may share trials. */
export const trialsOf = (chapters: readonly Chapter[], asked: ArticleTrials): Trial[] =>
  chapters.flatMap((chapter) => trialsOfChapter(chapter, asked));

/** Results for the text of all chapters. */
export interface ArticleResults extends ArticleTrials {
  /** rows of all chapters' trials */
  readonly rows: readonly TrialRow[];
  readonly explanation?: readonly ExplainedChange[] | undefined;
  readonly textReader?: readonly TextReaderChange[] | undefined;
}

/**
 * Numbers for the text of a chapter.
 *
 * @param numbers takes what the chapter says
 */
export function evidenceOf(
  chapter: Chapter,
  { rows: all, explanation, textReader, ...asked }: ArticleResults,
  numbers: SaidNumber[] = [],
): Evidence {
  const own = new Set(trialsOfChapter(chapter, asked).map(trialId));
  const meanField = all.filter(({ mode }) => mode === "mean-field");
  // every chapter says the score of the same trials, so that a quantity has one number
  const cells = groupBy(meanField, ({ task, variant, tokensNominal, reads }) =>
    nameOf(task, variant, tokensNominal, reads),
  );
  const cellOf = ({
    task: text,
    variant,
    tokens,
    reads = 1,
  }: ChapterTrials): [string, readonly TrialRow[]] => {
    const { task, spec } = parseTask(text);
    const length = parseLength(tokens, task.lengths);
    const cell = cells.get(nameOf(spec, variant, length, reads));
    if (cell === undefined)
      throw new Error(`${chapter.name}: no trials of ${spec}, ${variant}, ${length} tokens, ${reads} reads`);
    return [nameOf(spec, variant, length, reads), cell];
  };
  return {
    published: publishedScores(),
    explanation,
    textReader,
    rows: (numerics = false) =>
      all.filter((row) => own.has(row.id) && row.mode === (numerics ? "numerics" : "mean-field")),
    score(trials) {
      return estimate(cellOf(trials)[1], scoreMeasure)!;
    },
    gain(from, to) {
      const [[before, old], [after, young]] = [cellOf(from), cellOf(to)];
      const scores = new Map(old.map(({ trial, score }) => [trial, score]));
      const changes = young.flatMap(({ trial, score }) => {
        const other = scores.get(trial) ?? null;
        return score === null || other === null ? [] : [score - other];
      });
      const found = estimateDifference(changes);
      if (found === undefined) throw new Error(`${chapter.name}: no problem in both ${before} and ${after}`);
      return found;
    },
    say(quantity, text) {
      numbers.push({ chapter: chapter.name, quantity, text });
      return text;
    },
  };
}

const nameOf = (task: string, variant: string, tokens: number, reads: number | null): string =>
  `${task} ${variant} ${tokens} ${reads ?? 1}`;

/** A cell of trials in full numerics. */
export interface NumericsCell {
  /** the same trials in the mean field */
  readonly trials: ChapterTrials;
  /** context tokens */
  readonly length: number;
  readonly numerics: MeanEstimate;
  readonly text: string;
  /** problems behind the score */
  readonly count: number;
}

/** The scores of a chapter in full numerics, at the lengths that were run. */
export function numericsCells(evidence: Evidence): NumericsCell[] {
  const cells = groupBy(evidence.rows(true), ({ task, variant, tokensNominal }) =>
    nameOf(task, variant, tokensNominal, 1),
  );
  return [...cells].map(([name, rows]) => {
    const { task, variant, tokensNominal } = rows[0]!;
    const numerics = estimate(rows, scoreMeasure)!;
    return {
      trials: { task, variant, tokens: formatLength(tokensNominal) },
      length: tokensNominal,
      numerics,
      text: evidence.say(`score of ${name} read in full numerics`, formatMean(numerics)),
      count: rows.length,
    };
  });
}

/** Scores in full numerics beside the mean field. No table without numerics. */
export function numericsTables(evidence: Evidence): ReportTable[] {
  const cells = numericsCells(evidence);
  if (cells.length === 0) return [];
  return [
    {
      caption:
        "Mean scores and 95% intervals in full numerics, with real text, keys and values, beside the mean field. Few trials make the intervals wide",
      titles: ["attention", "tokens", "mean field", "full numerics", "trials"],
      rows: cells.map(({ trials, length, text, count }) => [
        trials.variant,
        length.toLocaleString("en"),
        scoreText(evidence, trials),
        text,
        count,
      ]),
    },
  ];
}
