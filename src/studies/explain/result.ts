import { groupBy } from "../../core/group.ts";
import type { Estimate } from "../../core/stats.ts";
import type { GivenReader } from "../calibrate/scores.ts";
import type { TargetColumn } from "../calibrate/target.ts";
import type { Candidate } from "./candidates.ts";
import type { CandidateCost } from "./cost.ts";
import type { Standing } from "./standings.ts";

/** A change of the fitted reader: its distance from the published scores, and its cost. */
export interface ChangeResult {
  /** rank from 1; 0 is the unchanged reader */
  readonly rank: number;
  readonly change: string;
  readonly kind: Candidate["kind"];
  readonly group: string;
  readonly variant: string;
  readonly reader: GivenReader;
  readonly error: Standing["error"];
  readonly longError: Standing["longError"];
  readonly gain: Standing["gain"];
  readonly behind: Standing["behind"];
  readonly columns: readonly {
    readonly benchmark: string;
    readonly column: string;
    readonly published: number;
    readonly score: Estimate;
  }[];
  /** null if the priced model cannot take the variant */
  readonly cost: CandidateCost | null;
  /** mean distance with full numerics; null without them */
  readonly numerics: Estimate | null;
}

/** Changes of a fitted reader, ranked, priced and confirmed. */
export interface ExplanationResult {
  /** model that the reader was fitted to, and model whose columns are explained */
  readonly models: readonly [fitted: string, explained: string];
  readonly tasks: readonly string[];
  readonly seed: number;
  readonly trials: { readonly meanField: number; readonly numerics: number };
  readonly priced: {
    readonly model: string;
    readonly tokens: number;
    /** most tokens that the model was made for; null where its makers do not say */
    readonly longest: number | null;
    readonly users: number;
  };
  readonly base: ChangeResult;
  /** changes, nearest to the published scores first */
  readonly ranking: readonly ChangeResult[];
  readonly findings: readonly string[];
}

/** A standing without its costs and numerics. */
export function changeResult(
  { candidate, columns, error, longError, gain, behind }: Standing,
  rank: number,
  targets: readonly TargetColumn[],
): ChangeResult {
  const { name, kind, group, variant, reader } = candidate;
  return {
    rank,
    change: name,
    kind,
    group,
    variant,
    reader,
    error,
    longError,
    gain,
    behind,
    columns: targets.map(({ benchmark, column, published }, i) => ({
      benchmark,
      column,
      published,
      score: columns.means[i]!,
    })),
    cost: null,
    numerics: null,
  };
}

/** The best setting of each group, in the order of the ranking. */
export const bestOfGroups = (ranking: readonly ChangeResult[]): ChangeResult[] =>
  [...groupBy(ranking, ({ group }) => group).values()].map((own) => own[0]!);
