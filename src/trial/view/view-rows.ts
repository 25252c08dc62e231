import type { TrialView } from "./view.ts";

/** Weight from which a token that is read only within a summary has a row. */
const leastWeight = 1e-4;

/** A token that a query read, or should have read. Shares and means are over query heads. */
export interface ViewRow {
  readonly query: number;
  readonly step: number;
  readonly name: string;
  readonly position: number;
  readonly text: string;
  /** share of the heads that read it */
  readonly read: number;
  /** score of its unit in the variant's choice, and its rank; null where the variant did not rank it */
  readonly score: number | null;
  readonly rank: number | null;
  readonly weight: number;
  readonly gold: boolean;
  /** weight and rank under exact attention, of gold tokens */
  readonly exactWeight: number | null;
  readonly exactRank: number | null;
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Rows of all tokens that queries read, or should have read, query by query. */
export function* viewRows({ queries, texts }: TrialView): Generator<ViewRow> {
  for (const [number, { step, name, read, weights, scores, ranks, gold }] of queries.entries()) {
    const goldAt = new Map(gold.map((each) => [each.position, each.heads]));
    for (let position = 0; position < read.length; position++) {
      const heads = goldAt.get(position);
      if (!heads && read[position] === 0 && Math.abs(weights[position]!) < leastWeight) continue;
      const meanOf = (of: "exactWeight" | "exactRank"): number | null =>
        heads ? heads.reduce((sum, each) => sum + each[of], 0) / heads.length : null;
      yield {
        query: number,
        step,
        name,
        position,
        text: texts[position] ?? "",
        read: read[position]!,
        score: orNull(scores[position]!),
        rank: orNull(ranks[position]!),
        weight: weights[position]!,
        gold: heads !== undefined,
        exactWeight: meanOf("exactWeight"),
        exactRank: meanOf("exactRank"),
      };
    }
  }
}
