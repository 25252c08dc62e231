import { groupBy } from "../core/group.ts";
import { mean, variance } from "../core/stats.ts";
import { readerColumns } from "./columns.ts";
import type { TrialRow } from "./columns.ts";
import type { Mode } from "./trial.ts";

/** Measures that the mean field and the numerics are compared on, and how far apart their expectations may be. */
const bias = { goldMass: 0.02, recall: 0.02, score: 0.05 } as const;

export type GapMeasure = keyof typeof bias;

const measures = Object.keys(bias) as readonly GapMeasure[];

/** Standard errors of a difference that are sampling: one in 370 normal numbers is beyond. */
const errors = 3;

/** How far the mean field is from the numerics in one measure of one variant, task and length. */
export interface MeanFieldGap {
  readonly task: string;
  readonly variant: string;
  readonly tokens: number;
  readonly measure: GapMeasure;
  /** means over trials */
  readonly numerics: number;
  readonly meanField: number;
  /** standard error of their difference, from the largest variance: of the mean field's trials, the numerics' or all */
  readonly error: number;
  /** the part of the difference that sampling does not explain: 0 within 3 standard errors */
  readonly unexplained: number;
  /** whether `unexplained` is no more than the mean field's bias may be */
  readonly agrees: boolean;
}

/** The settings that trials must share to be compared. */
const settings = ["task", "variant", "tokensNominal", ...readerColumns.map(({ name }) => name)] as const;

const settingOf = (row: TrialRow): string => JSON.stringify(settings.map((name) => row[name]));

/** Compares trials in the mean field with numeric ones of the same settings, in the order of the rows. */
export const meanFieldGaps = (rows: readonly TrialRow[]): MeanFieldGap[] =>
  [...groupBy(rows, settingOf).values()].flatMap((own) =>
    measures.flatMap((measure) => {
      const valuesOf = (mode: Mode): number[] =>
        own
          .filter((row) => row.mode === mode)
          .map((row) => row[measure])
          .filter((value) => value !== null);
      const [drawn, numerics] = [valuesOf("mean-field"), valuesOf("numerics")];
      if (drawn.length < 2 || numerics.length === 0) return [];
      // a few trials that ended alike do not show their variance
      const samples = [drawn, numerics, [...drawn, ...numerics]].filter(({ length }) => length > 1);
      const spread = Math.max(...samples.map(variance));
      const error = Math.sqrt(spread * (1 / drawn.length + 1 / numerics.length));
      const unexplained = Math.max(0, Math.abs(mean(drawn) - mean(numerics)) - errors * error);
      const { task, variant, tokensNominal } = own[0]!;
      return [
        {
          task,
          variant,
          tokens: tokensNominal,
          measure,
          numerics: mean(numerics),
          meanField: mean(drawn),
          error,
          unexplained,
          agrees: unexplained <= bias[measure],
        },
      ];
    }),
  );
