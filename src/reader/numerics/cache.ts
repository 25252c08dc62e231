import type { KeyValueCache } from "../../attention/cache.ts";
import { storageOf } from "../../attention/kv-dtype.ts";
import { kvDtypeBytes } from "../../core/dtype.ts";
import type { HeadEmbedding } from "./embed.ts";
import { observedQueries } from "./queries.ts";
import type { PromptEnd } from "./queries.ts";
import type { Workspace } from "./workspace.ts";

/** The cache of one step: K and V of every kv head, and the queries that prefill saw. */
export function makeCache(
  workspace: Workspace,
  embeddings: readonly HeadEmbedding[],
  end: PromptEnd,
): KeyValueCache {
  const { params, seed, tokens, spaces } = workspace;
  const rowBytes = params.headDim * kvDtypeBytes[params.kvDtype];
  const { afterPrefill } = storageOf(params.kvDtype);
  return {
    tokens,
    headDim: params.headDim,
    bytesPerElement: kvDtypeBytes[params.kvDtype],
    seed,
    contextEnd: end.contextEnd,
    spanEnds: embeddings[0]!.ends,
    ...(afterPrefill && { afterPrefill }),
    heads: embeddings.map(({ keys, values }, h) => ({
      space: spaces[h]!,
      keys: { tensor: keys, kind: "kv", rowBytes },
      values: { tensor: values, kind: "kv", rowBytes },
    })),
    observed: (count, queryAware, spread = "last") =>
      observedQueries(workspace, end, { count: Math.min(count, tokens), queryAware, spread }),
  };
}
