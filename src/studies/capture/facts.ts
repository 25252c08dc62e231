import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { checked } from "../../files/checked.ts";

/** Metadata of a capture that name what its queries ask for: JSON, a list of `query` and `source`. */
export const factsKey = "matches";

const place = z.int().min(0);
const schema = z.array(z.object({ query: place, source: place }));

/**
 * Tokens that hold what queries ask for, by the query's place among the last `queries` of `tokens`. Facts of earlier
 * queries are left out.
 *
 * @param text the metadata `matches`; undefined where the capture has none
 * @throws UsageError for other JSON, and places that the capture does not have
 */
export function factsOf(
  text: string | undefined,
  { tokens, queries }: { readonly tokens: number; readonly queries: number },
): ReadonlyMap<number, number> {
  const facts = new Map<number, number>();
  if (text === undefined) return facts;
  for (const { query, source } of listed(text)) {
    if (query >= tokens || source > query)
      throw new UsageError(
        `${factsKey} of a capture: a source stands at its query or before it, within ${tokens} tokens; got query ${query}, source ${source}`,
      );
    const row = query - (tokens - queries);
    if (row >= 0) facts.set(row, source);
  }
  return facts;
}

const listed = (text: string): z.infer<typeof schema> =>
  checked(
    schema,
    parseJson(text, `${factsKey} of a capture`),
    `${factsKey} of a capture must be a list of {"query": place, "source": place}`,
  );
