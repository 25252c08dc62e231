import { theoryEngine } from "../../trial/trial.ts";
import type { Trial } from "../../trial/trial.ts";
import { trialId } from "../../trial/trial.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { formatShare } from "../../core/units.ts";
import { parseTask } from "../../tasks/spec.ts";
import { estimate } from "../../figures/aggregate.ts";
import { groupBy } from "../../core/group.ts";
import { publishedScores } from "../../files/published.ts";
import { makeTrial } from "../../runs/make-trial.ts";
import { parseLength } from "../../core/length.ts";
import type { TrialOptions } from "../../runs/make-trial.ts";
import type { Chapter, Evidence, ReportTable } from "./chapter.ts";
import type { ExplainedChange } from "./explanation.ts";

/** A chapter's trials: in the mean field, unless it names an engine. */
const trialsOfChapter = ({ trials }: Chapter, full: boolean, seed: number): Trial[] =>
  trials === undefined
    ? []
    : [...trials((asked: TrialOptions) => makeTrial({ seed, engine: theoryEngine, ...asked }), full)];

/** Trials of all chapters; one that several ask for is run once. */
export const trialsOf = (chapters: readonly Chapter[], full: boolean, seed: number): Trial[] =>
  chapters.flatMap((chapter) => trialsOfChapter(chapter, full, seed));

/** What a chapter tells from, of the rows of all chapters' trials. */
export function evidenceOf(
  chapter: Chapter,
  full: boolean,
  seed: number,
  all: readonly TrialRow[],
  explanation?: readonly ExplainedChange[],
): Evidence {
  const own = new Set(trialsOfChapter(chapter, full, seed).map(trialId));
  const rows = all.filter((row) => own.has(row.id));
  const byEngine = (numerics: boolean): TrialRow[] =>
    rows.filter((row) => (row.engine !== theoryEngine) === numerics);
  return {
    published: publishedScores(),
    explanation,
    rows: (numerics = false) => byEngine(numerics),
    score({ task: text, variant, tokens, reads = 1 }) {
      const { task, spec } = parseTask(text);
      const length = parseLength(tokens, task.lengths);
      const cell = byEngine(false).filter(
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

/** Full numerics on real text beside the mean field, at the lengths that were run; none where there are no numerics. */
export function numericsTables(inTheory: readonly TrialRow[], numerics: readonly TrialRow[]): ReportTable[] {
  if (numerics.length === 0) return [];
  const cellOf = (row: TrialRow): string => JSON.stringify([row.task, row.variant, row.tokensNominal]);
  const theory = groupBy(inTheory, cellOf);
  const shown = (rows: readonly TrialRow[], name: string): string => {
    const found = estimate(rows, (row) => row.score, name);
    if (found === undefined) return "-";
    return `${formatShare(found.mean)} [${formatShare(found.low)} ${formatShare(found.high)}]`;
  };
  return [
    {
      caption:
        "Full numerics, with real text, keys and values, beside the mean field; few problems, rough intervals",
      titles: ["attention", "tokens", "mean field", "full numerics", "trials"],
      rows: [...groupBy(numerics, cellOf)].map(([key, rows]) => {
        const { variant, tokensNominal } = rows[0]!;
        const length = tokensNominal.toLocaleString("en");
        return [variant, length, shown(theory.get(key) ?? [], key), shown(rows, key), rows.length];
      }),
    },
  ];
}
