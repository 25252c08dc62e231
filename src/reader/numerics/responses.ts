import { unmeasured } from "../../core/profile.ts";
import type { CountRetrieve, FeatureTerm, RecordSet } from "../../tasks/circuit.ts";
import type { Problem } from "../../tasks/task.ts";
import { contentShare, ordinalShare } from "../circuits/count-retrieve.ts";
import type { Reading } from "../reading.ts";
import { askerOf } from "./asker.ts";
import { makeCache } from "./cache.ts";
import { featureIds, fillCodes, normaliseRows } from "./codes.ts";
import { contentName, contentOf, sumsOf } from "./content.ts";
import { HeadEmbedding, mapTokens } from "./embed.ts";
import type { Mechanism } from "./mechanism.ts";
import { makeCandidates } from "./project.ts";
import type { Trace } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Embeds the responses of a conversation, keyed by content and ordinal, with the messages as their values. Distractors
 * keep their true ordinals: their content already tells them apart from the needles.
 *
 * @param highest largest count of any mechanism
 * @returns a mechanism at work on them, the needles keyed by its counts; the cache is that of the latest mechanism
 */
export function embedResponses(
  workspace: Workspace,
  { responses, ordinals, needles, wanted }: CountRetrieve,
  features: Problem["features"],
  highest: number,
): (mechanism: Mechanism, counts: readonly number[], trace: Trace) => Reading {
  const { tokens, spaces, measure } = workspace;
  const retrieving = { ...workspace, seed: `${workspace.seed}/retrieve` };
  const mostOrdinals = Math.max(...ordinals, Math.ceil(highest), wanted);
  const ordinalNames = Array.from({ length: mostOrdinals + 1 }, (_, i) => `ordinal:${i}`);
  const ids = featureIds([...features, ...ordinalNames]);
  /** Key of a response. An ordinal between two whole ones is a sum of both. */
  const keyOf = (record: number, ordinal: number): FeatureTerm[] => {
    const low = Math.floor(ordinal);
    const part = ordinal - low;
    const at = features.length + low;
    return [
      ...contentOf(responses, record, Math.sqrt(contentShare)),
      { weight: Math.sqrt(ordinalShare * (1 - part)), feature: at },
      ...(part > 0 ? [{ weight: Math.sqrt(ordinalShare * part), feature: at + 1 }] : []),
    ];
  };
  const map = mapTokens(responses, tokens);
  const heads = measure("embed", () => {
    const messageRows = Int32Array.from({ length: responses.count }, (_, r) => r);
    return spaces.map((_, h) => {
      const codes = fillCodes(retrieving, h, "key", ids);
      const embedding = new HeadEmbedding(retrieving, h);
      embedding.embedKeys(
        map,
        sumsOf(codes, responses.count, (r) => keyOf(r, ordinals[r]!)),
      );
      const messages = fillCodes(retrieving, h, "value", messageIds(responses, ids));
      embedding.embedValues(map, messages, messageRows);
      const query = normaliseRows(sumsOf(codes, 1, () => keyOf(needles[0]!, wanted)));
      return { codes, embedding, messages, query };
    });
  });
  const ideal = heads.map(({ query }) => query);
  const cache = makeCache(
    workspace,
    heads.map(({ embedding }) => embedding),
    { contextEnd: responses.anchor[responses.count - 1]!, queries: ideal },
  );
  const candidates = makeCandidates(
    responses.value,
    heads.map(({ messages }) => messages),
  );
  const target = responses.anchor[needles[wanted - 1]!]!;
  const content = contentName(responses, needles[0]!, features);

  return (mechanism, counts, trace) => {
    const { measure: measureOwn = unmeasured } = mechanism;
    measureOwn("embed", () => {
      keyNeedles(counts);
    });
    const ask = askerOf({
      workspace,
      cache,
      mechanism,
      candidates,
      trace,
      nameOf: (message) => features[message]!,
    });
    const batch = {
      name: "retrieve",
      ideal,
      ids: Uint32Array.of(0, 0),
      positions: Int32Array.of(tokens - 1),
      gold: [[target]],
      nameOf: () => `response ${wanted} of ${content}`,
    };
    return { ask: (_queries, step, readOut) => ask({ ...batch, step }, readOut) };
  };

  /** Draws the needles' responses again, keyed by these ordinals; the rest of the cache stays as it is. */
  function keyNeedles(counts: readonly number[]): void {
    for (const { codes, embedding } of heads) {
      const table = sumsOf(codes, needles.length, (j) => keyOf(needles[j]!, counts[j]!));
      const rowOfRecord = new Int32Array(responses.count).fill(-1);
      needles.forEach((needle, j) => (rowOfRecord[needle] = j));
      for (const needle of needles) {
        const rows = { from: responses.start[needle]!, to: responses.anchor[needle]! + 1 };
        embedding.embedKeys(map, table, rowOfRecord, rows);
      }
    }
  }
}

/** Names of the messages' value codes to the generator, record by record: (2 M). */
function messageIds({ value }: RecordSet, ids: Uint32Array): Uint32Array {
  return Uint32Array.from([...value].flatMap((feature) => [ids[2 * feature]!, ids[2 * feature + 1]!]));
}
