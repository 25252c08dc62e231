import { theoryEngine } from "../../simulate/trial.ts";
import type { Trial } from "../../simulate/trial.ts";
import { trialId } from "../../simulate/trial.ts";
import type { TrialRow } from "../../simulate/columns.ts";
import { formatShare } from "../../core/units.ts";
import { parseTask } from "../../tasks/spec.ts";
import { estimate, number } from "../figures/aggregate.ts";
import { groupBy } from "../group.ts";
import { publishedScores } from "../published.ts";
import { makeTrial, parseLength } from "../trial.ts";
import type { TrialOptions } from "../trial.ts";
import type { Chapter, Evidence } from "./chapter.ts";

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
): Evidence {
  const own = new Set(trialsOfChapter(chapter, full, seed).map(trialId));
  const rows = all.filter((row) => own.has(String(row["id"])));
  const byEngine = (numerics: boolean): TrialRow[] =>
    rows.filter((row) => (row["engine"] !== theoryEngine) === numerics);
  return {
    published: publishedScores(),
    rows: (numerics = false) => byEngine(numerics),
    score({ task: text, variant, tokens, reads = 1 }) {
      const { task, spec } = parseTask(text);
      const length = parseLength(tokens, task.lengths);
      const cell = byEngine(false).filter(
        (row) =>
          row["task"] === spec &&
          row["variant"] === variant &&
          row["tokensNominal"] === length &&
          row["reads"] === reads,
      );
      const found = estimate(cell, (row) => number(row, "score"), `${spec} ${variant} ${length} ${reads}`);
      if (found === undefined)
        throw new Error(
          `${chapter.name}: no trials of ${spec}, ${variant}, ${length} tokens, ${reads} reads`,
        );
      return found;
    },
  };
}

/** Mean scores of full numerics, in a sentence; nothing where there are none. */
export function numericsLine(rows: readonly TrialRow[]): string {
  if (rows.length === 0) return "";
  const cells = groupBy(rows, (row) => `${String(row["variant"])} at ${String(row["tokensNominal"])} tokens`);
  const scores = [...cells].map(([name, cell]) => {
    const found = estimate(cell, (row) => number(row, "score"), name)!;
    return `${name} ${formatShare(found.mean)} [${formatShare(found.low)} ${formatShare(found.high)}]`;
  });
  return ` Full numerics on real text, ${rows.length} trials: ${scores.join(", ")}.`;
}
