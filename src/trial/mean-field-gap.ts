import { mean, variance } from "../core/stats.ts";
import { readerColumns } from "./columns.ts";
import type { TrialRow } from "./columns.ts";
import { theoryEngine } from "./trial.ts";

/** What theory and numerics are compared on, and how far apart their expectations may be: what a mean field leaves out. */
const bias = { goldMass: 0.02, recall: 0.02, score: 0.05 } as const;

export type GapMeasure = keyof typeof bias;

const measures = Object.keys(bias) as readonly GapMeasure[];

/** Standard errors of a difference that are sampling: one in 370 normal numbers is beyond. */
const errors = 3;

/** How far theory is from the numerics in one measure of one variant, task and length. */
export interface TheoryGap {
  readonly task: string;
  readonly variant: string;
  readonly tokens: number;
  readonly measure: GapMeasure;
  /** means over trials */
  readonly numerics: number;
  readonly theory: number;
  /** standard error of their difference; a trial varies as theory's do, the numerics' or all, whichever is most */
  readonly error: number;
  /** what of the difference sampling does not explain: 0 within 3 standard errors */
  readonly unexplained: number;
  /** whether that is no more than the mean field's bias may be */
  readonly agrees: boolean;
}

/** The settings that trials must share to be compared. */
const settings = ["task", "variant", "tokensNominal", ...readerColumns.map(({ name }) => name)] as const;

const settingOf = (row: TrialRow): string => JSON.stringify(settings.map((name) => row[name]));

/** Compares trials by theory with those by any numeric engine, where rows have both, in the order of the rows. */
export function theoryGaps(rows: readonly TrialRow[]): TheoryGap[] {
  const settings = new Map<string, { theory: TrialRow[]; numerics: TrialRow[] }>();
  for (const row of rows) {
    const key = settingOf(row);
    const both = settings.get(key) ?? { theory: [], numerics: [] };
    settings.set(key, both);
    (row.engine === theoryEngine ? both.theory : both.numerics).push(row);
  }
  return [...settings.values()].flatMap(({ theory, numerics }) =>
    measures.flatMap((measure) => {
      const [ours, theirs] = [theory, numerics].map((some) =>
        some.map((row) => row[measure]).filter((value) => typeof value === "number"),
      ) as [number[], number[]];
      if (ours.length < 2 || theirs.length === 0) return [];
      // of a few trials that ended alike, the variance is not known by themselves
      const samples = [ours, theirs, [...ours, ...theirs]].filter(({ length }) => length > 1);
      const spread = Math.max(...samples.map(variance));
      const error = Math.sqrt(spread * (1 / ours.length + 1 / theirs.length));
      const unexplained = Math.max(0, Math.abs(mean(ours) - mean(theirs)) - errors * error);
      const { task, variant, tokensNominal } = numerics[0]!;
      return [
        {
          ...{ task, variant, tokens: tokensNominal, measure },
          ...{ numerics: mean(theirs), theory: mean(ours), error, unexplained },
          agrees: unexplained <= bias[measure],
        },
      ];
    }),
  );
}
