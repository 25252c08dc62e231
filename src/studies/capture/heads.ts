import type { KeyValueCache, Queries } from "../../attention/cache.ts";
import { inChunks } from "../../attention/parts/chunks.ts";
import { median } from "../../core/stats.ts";
import { flat, rowNumbers, rowsOf } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import { measureKeys } from "./keys.ts";
import type { KeyMeasures } from "./keys.ts";
import { matchRules, measureQuery } from "./logits.ts";
import type { FactMeasures, QueryMeasures } from "./logits.ts";

/** Measures of one query head. */
export interface CapturedHead extends KeyMeasures {
  readonly layer: number;
  readonly head: number;
  /** kv head that it reads, whose keys have the measures above */
  readonly kvHead: number;
  /** (Q) its queries */
  readonly queries: readonly QueryMeasures[];
  /** median over its queries of the standard deviation of logits that they do not match: sharpness g */
  readonly spread: number;
  /** median over its queries of the largest logit, in these standard deviations above their mean */
  readonly match: number;
  /** medians over the queries whose fact is known; undefined without any */
  readonly fact: FactMeasures | undefined;
  /** share of its queries that retrieve; of those whose fact is known, if there are any */
  readonly retrieving: number;
  /** whether a tenth of its queries or more do */
  readonly isRetrieval: boolean;
}

/**
 * Measures the heads of a layer.
 *
 * @param queries the last ones of each query head
 * @param facts token that holds what a query asks for, by the query's place among `queries`
 */
export function measureHeads(
  layer: number,
  { tokens, headDim, heads }: KeyValueCache,
  { queries, facts }: { readonly queries: Queries; readonly facts: ReadonlyMap<number, number> },
  ops: Ops,
): CapturedHead[] {
  return heads.flatMap(({ space, keys }, kvHead) => {
    const own = measureKeys(tokens, headDim, (token) => rowNumbers(keys.tensor, token));
    const asked = queries.heads[kvHead]!;
    const rows: QueryMeasures[] = [];
    inChunks(queries.count * queries.group, tokens, (from, to) =>
      space.scoped(() => {
        const scores = flat(ops.scores(rowsOf(asked, from, to), keys));
        for (let i = from; i < to; i++) {
          const query = Math.floor(i / queries.group);
          const visible = queries.positions[query]! + 1;
          const at = (i - from) * tokens;
          const own = scores.subarray(at, at + visible);
          rows.push(measureQuery(own, visible, queries.scale, facts.get(query)));
        }
      }),
    );
    return Array.from({ length: queries.group }, (_, g): CapturedHead => {
      const mine = rows.filter((_, i) => i % queries.group === g);
      const known = mine.flatMap(({ fact }) => fact ?? []);
      const asking = known.length > 0 ? mine.filter(({ fact }) => fact !== undefined) : mine;
      const retrieving = asking.filter(({ retrieved }) => retrieved !== undefined).length / asking.length;
      return {
        layer,
        head: kvHead * queries.group + g,
        kvHead,
        ...own,
        queries: mine,
        spread: median(mine.map(({ spread }) => spread)),
        match: median(mine.map(({ match }) => match)),
        fact:
          known.length === 0
            ? undefined
            : {
                match: median(known.map(({ match }) => match)),
                weight: median(known.map(({ weight }) => weight)),
                before: median(known.map(({ before }) => before)),
              },
        retrieving,
        isRetrieval: retrieving >= matchRules.share,
      };
    });
  });
}
