import { featureIds } from "./codes.ts";
import { flat } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { FeatureSum } from "../../tasks/circuit.ts";
import type { Problem } from "../../tasks/task.ts";
import type { TextGeometry } from "../geometry/geometry.ts";
import { cacheOf } from "./cache.ts";
import { anchorsByKey, gathered } from "./records.ts";
import type { PromptRecords, RecordCache } from "./records.ts";
import { idealAsks, repeatedTextQueries } from "./text-asks.ts";
import type { TextAsk } from "./text-asks.ts";
import { makeTextHeads } from "./text-head.ts";
import type { TextHead } from "./text-head.ts";
import { readTextPrompt } from "./text-prompt.ts";
import type { TextPrompt } from "./text-prompt.ts";
import { idleCache, idleHeads } from "./idle-heads.ts";
import { observedTextQueries } from "./text-queries.ts";
import type { Workspace } from "./workspace.ts";

/** A cache of records whose keys follow the text. */
export interface TextCache extends RecordCache {
  readonly prompt: TextPrompt;
  readonly heads: readonly TextHead[];
  /** Ideal queries: per kv head (Q, d), rows of norm sqrt(d) without position. */
  asking(asks: readonly TextAsk[]): Tensor[];
}

/** A prompt with its records, whose keys are to follow its text. */
export interface TextRecords extends Pick<PromptRecords, "records" | "contextEnd"> {
  readonly problem: Pick<Problem, "messages" | "features">;
  readonly geometry: TextGeometry;
  /** factor on the logits of queries that ask for a feature alone; default: 1 */
  readonly softness?: number;
}

/**
 * Embeds a prompt's records into K and V that follow its text.
 *
 * @param questions what the question's tokens ask for, by turns
 */
export function embedText(
  workspace: Workspace,
  {
    problem,
    records,
    geometry,
    softness = 1,
    contextEnd = records.anchor[records.count - 1] ?? 0,
  }: TextRecords,
  questions: (prompt: TextPrompt) => readonly TextAsk[],
): TextCache {
  const { params, spaces, measure } = workspace;
  const prompt = readTextPrompt(workspace, problem, { records, geometry });
  const ids = featureIds(prompt.features);
  const heads = measure("embed", () => makeTextHeads(workspace, prompt, ids));
  const asking = (asks: readonly TextAsk[]): Tensor[] => idealAsks(params, geometry, heads, asks);
  const ideal = (asked: readonly FeatureSum[]): Tensor[] =>
    asking(asked.map((subject) => ({ subject }))).map((rows) => scaled(rows, softness));
  const queries = asking(questions(prompt));
  return {
    cache: cacheOf(
      workspace,
      heads.map(({ rows }) => rows),
      {
        contextEnd,
        spanEnds: records.anchor.slice().sort(),
        rotary: prompt.rotary,
        observed: (observed) =>
          observedTextQueries(workspace, prompt, heads, { contextEnd, queries, ...observed }),
        repeated: (wanted) => repeatedTextQueries(workspace, prompt, heads, wanted),
        ...(geometry.idle > 0 && { idle: idleCache(workspace, prompt, heads) }),
      },
    ),
    ids,
    ideal,
    asking,
    prompt,
    heads,
    ...(geometry.idle > 0 && { idle: idleHeads(workspace, prompt, heads) }),
    valueCodes: (wanted) =>
      heads.map(({ codes }, h) =>
        gathered(codes.told, wanted, spaces[h]!.empty(wanted.length, params.headDim)),
      ),
    anchors: anchorsByKey(records.key[0]!.features, records.anchor, prompt.features.length),
  };
}

/** Rows times a factor, in place. */
function scaled(rows: Tensor, factor: number): Tensor {
  const numbers = flat(rows);
  for (let i = 0; i < numbers.length; i++) numbers[i]! *= factor;
  return rows;
}
