import type { KeyValueCache, Queries } from "../../attention/cache.ts";
import { storageOf } from "../../attention/kv-dtype.ts";
import { kvDtypeBytes } from "../../core/dtype.ts";
import type { Rows } from "../../core/tensor.ts";
import type { HeadEmbedding } from "./embed.ts";
import { observedQueries } from "./queries.ts";
import type { Observed, PromptEnd } from "./queries.ts";
import { repeatedQueries } from "./repeated.ts";
import type { Workspace } from "./workspace.ts";

/** Knowledge that a cache has beside K and V. */
interface CacheEnd extends Pick<KeyValueCache, "contextEnd" | "spanEnds" | "rotary" | "idle"> {
  /** Makes queries that prefill saw. */
  readonly observed: (which: Observed) => Queries;
  /** Makes queries that repeat these tokens. */
  readonly repeated: (wanted: Int32Array) => Queries;
}

/** The cache of one step of K and V of every kv head. */
export function cacheOf(
  { params, seed, tokens, spaces }: Workspace,
  rows: readonly { readonly keys: Rows; readonly values: Rows }[],
  { observed, ...known }: CacheEnd,
): KeyValueCache {
  const rowBytes = params.headDim * kvDtypeBytes[params.kvDtype];
  const { afterPrefill } = storageOf(params.kvDtype);
  return {
    tokens,
    headDim: params.headDim,
    bytesPerElement: kvDtypeBytes[params.kvDtype],
    seed,
    ...known,
    ...(afterPrefill && { afterPrefill }),
    heads: rows.map(({ keys, values }, h) => ({
      space: spaces[h]!,
      keys: { tensor: keys, kind: "kv", rowBytes },
      values: { tensor: values, kind: "kv", rowBytes },
    })),
    observed: (count, queryAware, spread = "last") =>
      observed({ count: Math.min(count, tokens), queryAware, spread }),
  };
}

/** The cache of one step: K and V of every kv head, and the queries that prefill saw. */
export const makeCache = (
  workspace: Workspace,
  embeddings: readonly HeadEmbedding[],
  end: PromptEnd,
): KeyValueCache =>
  cacheOf(workspace, embeddings, {
    contextEnd: end.contextEnd,
    spanEnds: embeddings[0]!.ends,
    observed: (which) => observedQueries(workspace, end, which),
    repeated: (wanted) => repeatedQueries(workspace, embeddings, wanted),
  });
