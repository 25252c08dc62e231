import type { KeyValueCache, Queries } from "../../attention/cache.ts";
import { inChunks } from "../../attention/parts/chunks.ts";
import { median } from "../../core/stats.ts";
import { flat, rowNumbers, rowsOf } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import { measureKeys } from "./keys.ts";
import type { KeyMeasures } from "./keys.ts";
import { matchRules, measureQuery } from "./logits.ts";
import type { QueryMeasures } from "./logits.ts";

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
  /** share of its queries that put more than half of their weight on one far key */
  readonly retrieving: number;
  /** whether a tenth of its queries or more do */
  readonly isRetrieval: boolean;
}

/** Measures the heads of a layer. @param queries the last ones of each query head */
export function measureHeads(
  layer: number,
  { tokens, headDim, heads }: KeyValueCache,
  queries: Queries,
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
          const visible = queries.positions[Math.floor(i / queries.group)]! + 1;
          const at = (i - from) * tokens;
          rows.push(measureQuery(scores.subarray(at, at + visible), visible, queries.scale));
        }
      }),
    );
    return Array.from({ length: queries.group }, (_, g): CapturedHead => {
      const mine = rows.filter((_, i) => i % queries.group === g);
      const retrieving = mine.filter(({ retrieved }) => retrieved !== undefined).length / mine.length;
      return {
        layer,
        head: kvHead * queries.group + g,
        kvHead,
        ...own,
        queries: mine,
        spread: median(mine.map(({ spread }) => spread)),
        match: median(mine.map(({ match }) => match)),
        retrieving,
        isRetrieval: retrieving >= matchRules.share,
      };
    });
  });
}
