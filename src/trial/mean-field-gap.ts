import { groupBy } from "../core/group.ts";
import { mean, variance } from "../core/stats.ts";
import { readerColumns } from "./columns.ts";
import type { TrialRow } from "./columns.ts";
import type { Mode } from "./trial.ts";

/** Measures in which the mean field and the numerics are compared, and the largest difference of means that agrees. */
const bias = { goldMass: 0.02, recall: 0.02, score: 0.05 } as const;

export type GapMeasure = keyof typeof bias;

const measures = Object.keys(bias) as readonly GapMeasure[];

/** Standard errors that count as sampling noise. One in 370 normal numbers is farther from its mean. */
const errors = 3;

/** Difference between the mean field and the numerics in one measure of one variant, task and length. */
export interface MeanFieldGap {
  readonly task: string;
  readonly variant: string;
  readonly tokens: number;
  readonly measure: GapMeasure;
  /** mean over numeric trials */
  readonly numerics: number;
  /** mean over trials in the mean field */
  readonly meanField: number;
  /** standard error of the difference, from the largest variance: of the mean field, the numerics or all trials */
  readonly error: number;
  /** part of the difference beyond 3 standard errors, which sampling does not explain */
  readonly unexplained: number;
  /** whether `unexplained` is at most the bias that the mean field may have in this measure */
  readonly agrees: boolean;
}

/** Settings that compared trials share. */
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
      // the variance of a few equal outcomes would be 0, so that all trials together are looked at too
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
