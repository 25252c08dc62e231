import type { Mode, Trial } from "../../trial/trial.ts";
import { trialId } from "../../trial/trial.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { formatMean } from "../../core/units.ts";
import { parseTask } from "../../tasks/spec.ts";
import { estimate } from "../../figures/aggregate.ts";
import { groupBy } from "../../core/group.ts";
import { publishedScores } from "../../files/published.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import { parseLength } from "../../core/length.ts";
import type { TrialOptions } from "../../trial/make-trial.ts";
import type { Chapter, Evidence, ReportTable } from "./chapter.ts";
import type { ExplainedChange } from "./explanation.ts";

/** Trials of an article's report: with full numerics or without, and their seed. */
export interface ArticleTrials {
  readonly full: boolean;
  readonly seed: number;
}

/** A chapter's trials: in the mean field, unless it asks for numerics. */
const trialsOfChapter = ({ trials }: Chapter, { full, seed }: ArticleTrials): Trial[] =>
  trials === undefined
    ? []
    : [...trials((asked: TrialOptions) => makeTrial({ seed, mode: "mean-field", ...asked }), full)];

/** Trials of all chapters. Chapters may share trials. */
export const trialsOf = (chapters: readonly Chapter[], asked: ArticleTrials): Trial[] =>
  chapters.flatMap((chapter) => trialsOfChapter(chapter, asked));

/** Results that all chapters are written from. */
export interface ArticleResults extends ArticleTrials {
  /** rows of all chapters' trials */
  readonly rows: readonly TrialRow[];
  readonly explanation?: readonly ExplainedChange[] | undefined;
}

/** Numbers that a chapter is written from. */
export function evidenceOf(chapter: Chapter, { rows: all, explanation, ...asked }: ArticleResults): Evidence {
  const own = new Set(trialsOfChapter(chapter, asked).map(trialId));
  const rows = all.filter((row) => own.has(row.id));
  const rowsOf = (mode: Mode): TrialRow[] => rows.filter((row) => row.mode === mode);
  return {
    published: publishedScores(),
    explanation,
    rows: (numerics = false) => rowsOf(numerics ? "numerics" : "mean-field"),
    score({ task: text, variant, tokens, reads = 1 }) {
      const { task, spec } = parseTask(text);
      const length = parseLength(tokens, task.lengths);
      const cell = rowsOf("mean-field").filter(
        (row) =>
          row.task === spec && row.variant === variant && row.tokensNominal === length && row.reads === reads,
      );
      const found = estimate(cell, (row) => row.score, `${spec} ${variant} ${length} ${reads}`);
      if (found === undefined)
        throw new Error(
          `${chapter.name}: no trials of ${spec}, ${variant}, ${length} tokens, ${reads} reads`,
        );
      return found;
    },
  };
}

/** Scores in full numerics beside the mean field, at the lengths that were run. No table without numerics. */
export function numericsTables(meanField: readonly TrialRow[], numerics: readonly TrialRow[]): ReportTable[] {
  if (numerics.length === 0) return [];
  const cellOf = (row: TrialRow): string => JSON.stringify([row.task, row.variant, row.tokensNominal]);
  const expected = groupBy(meanField, cellOf);
  const shown = (rows: readonly TrialRow[], name: string): string => {
    const found = estimate(rows, (row) => row.score, name);
    return found === undefined ? "-" : formatMean(found);
  };
  return [
    {
      caption:
        "Mean scores and 95% intervals in full numerics, with real text, keys and values, beside the mean field. Few trials make the intervals wide",
      titles: ["attention", "tokens", "mean field", "full numerics", "trials"],
      rows: [...groupBy(numerics, cellOf)].map(([key, rows]) => {
        const { variant, tokensNominal } = rows[0]!;
        const length = tokensNominal.toLocaleString("en");
        return [variant, length, shown(expected.get(key) ?? [], key), shown(rows, key), rows.length];
      }),
    },
  ];
}
