import type { HeadCache, KeyValueCache, Queries } from "../cache.ts";
import type { Read, AttentionResult, HeadResult } from "../read.ts";
import { visibleRows } from "./select.ts";

/**
 * Attends head by head.
 *
 * @param attendHead attends with the dense read of kv head h, which it may narrow: `{ ...read, spans }`
 */
export function perHead(
  queries: Queries,
  cache: KeyValueCache,
  attendHead: (read: Read, head: HeadCache, h: number) => HeadResult,
): AttentionResult {
  const visible = visibleRows(queries);
  return {
    heads: cache.heads.map((head, h) =>
      attendHead(
        {
          queries: queries.heads[h]!,
          keys: head.keys,
          values: head.values,
          scale: queries.scale,
          visible,
          sinkLogit: queries.sinkLogit,
          rule: queries.rule,
        },
        head,
        h,
      ),
    ),
  };
}
