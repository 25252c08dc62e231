import { mean } from "../../core/stats.ts";
import type { ComparedScore } from "./compare.ts";
import type { MeasuredScore } from "./measured.ts";

/** A prediction without any simulation, which a claim must beat. */
export interface AgreementBaseline {
  readonly name: string;
  /** the prediction of a row, 0 to 1; undefined where the baseline has none */
  readonly predict: (row: ComparedScore) => number | undefined;
}

/** Baselines of a table. @param all every row of the table, the unexpressed ones too */
export function baselinesOf(all: readonly MeasuredScore[]): readonly AgreementBaseline[] {
  return [
    { name: "dense attention's score", predict: ({ measured: { dense } }) => dense ?? undefined },
    {
      name: "dense attention's score times the share kept",
      predict: ({ measured: { dense, keep } }) =>
        dense === null || keep === null ? undefined : dense * keep,
    },
    {
      name: "the method's mean over other models",
      predict({ measured: { method, model, task, dense } }) {
        const shares = all.flatMap((row) =>
          row.method === method &&
          row.model !== model &&
          row.task === task &&
          row.dense !== null &&
          row.dense > 0
            ? [row.score / row.dense]
            : [],
        );
        return shares.length === 0 || dense === null ? undefined : Math.min(1, dense * mean(shares));
      },
    },
  ];
}
