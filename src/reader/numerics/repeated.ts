import type { Queries } from "../../attention/cache.ts";
import { hash64 } from "../../core/random.ts";
import { flat, rowsOf } from "../../core/tensor.ts";
import { matrix, normaliseRows } from "./codes.ts";
import type { HeadEmbedding } from "./embed.ts";
import { makeQueries } from "./queries.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Queries of a second reading of the prompt: the anchor of a record is asked by the code of its key, other tokens by
 * noise, as nothing is known of them.
 *
 * @param wanted tokens that are repeated, ascending
 */
export function repeatedQueries(
  workspace: Workspace,
  embeddings: readonly HeadEmbedding[],
  wanted: Int32Array,
): Queries {
  const { ops, params, seed } = workspace;
  const ids = Uint32Array.from([...wanted].flatMap((token) => [token, 0]));
  const ideal = embeddings.map((embedding, h) => {
    const rows = matrix(wanted.length, params.headDim);
    ops.fillNormal(rows, hash64(`${seed}/repeated/${h}`), ids);
    wanted.forEach((token, i) => {
      const code = embedding.codeAt(token);
      if (code) flat(rowsOf(rows, i, i + 1)).set(code);
    });
    return normaliseRows(rows);
  });
  return makeQueries(workspace, {
    name: "repeated",
    ideal,
    ids,
    positions: wanted.map(() => wanted.at(-1)!),
    phase: "prefill",
    step: 0,
  });
}
