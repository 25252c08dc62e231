import { unmeasured } from "../core/profile.ts";
import { flat } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { GraphWalk } from "../tasks/task.ts";
import { makeCache, makeQueries, meanOfGroups, rowOf, scopedAll } from "./cache.ts";
import type { Setting } from "./cache.ts";
import { featureIds, fillCodes, matrix, normaliseRows } from "./codes.ts";
import { HeadEmbedding, mapTokens } from "./embed.ts";
import type { Mechanism, Outcome } from "./reader.ts";
import { candidatesOf, project, projectionNoise } from "./readout.ts";
import { Trace } from "./trace.ts";

/** A frontier larger than this is noise that feeds on itself; the reader stops and answers with it. */
const maxFrontier = 1000;

/** Set readout hop by hop: builds the cache once, then walks it with each mechanism. */
export function* graphWalk(
  setting: Setting,
  circuit: GraphWalk,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { ops, params, seed, tokens, spaces, measure: shared } = setting;
  const { records } = circuit;
  const [column] = records.key;
  if (!column || records.key.length > 1) throw new Error("a graph walk's records have one key feature each");
  const ids = featureIds(features);
  const heads = shared("embed", () => {
    const map = mapTokens(records, tokens);
    return spaces.map((space, h) => {
      const keyCodes = fillCodes(ops, space, seed, h, "key", ids, params.headDim);
      const valueCodes = fillCodes(ops, space, seed, h, "value", ids, params.headDim);
      const embedding = new HeadEmbedding(ops, space, params, seed, h, tokens);
      embedding.embedKeys(map, keyCodes, column.features);
      embedding.embedValues(map, valueCodes, records.value);
      const candidates = space.empty(circuit.candidates.length, params.headDim);
      circuit.candidates.forEach((feature, c) =>
        flat(candidates).set(flat(rowOf(valueCodes, feature)), c * params.headDim),
      );
      return { keyCodes, candidates, embedding };
    });
  });
  const ideal = (nodes: readonly number[]): Tensor[] => heads.map(({ keyCodes }) => gather(keyCodes, nodes));
  const cache = makeCache(
    setting,
    heads.map((head) => head.embedding),
    { contextEnd: records.anchor[records.count - 1] ?? 0, queries: ideal([circuit.start]) },
  );
  const anchors = anchorsByKey(column.features, records.anchor, features.length);
  const answers = candidatesOf(heads.map((head) => head.candidates));

  for (const mechanism of mechanisms) {
    yield scopedAll(spaces, () => walk(mechanism));
  }

  function walk({ over, measure = unmeasured }: Mechanism): Outcome {
    const attend = over(cache);
    const trace = new Trace();
    const visited = new Set<number>([circuit.start]);
    let frontier = [circuit.start];
    for (let hop = 0; hop < circuit.hops && frontier.length > 0 && frontier.length <= maxFrontier; hop++) {
      const queryIds = Uint32Array.from(frontier.flatMap((node) => [ids[2 * node]!, ids[2 * node + 1]!]));
      const positions = new Int32Array(frontier.length).fill(tokens - 1);
      const queries = makeQueries(setting, `hop ${hop}`, ideal(frontier), queryIds, positions, "decode", hop);
      const result = attend(queries);
      if (result.heads.length !== heads.length)
        throw new Error(`a result of ${result.heads.length} heads, not ${heads.length}`);
      const gold = frontier.map((node) => anchors[node]!);
      measure("score", () => trace.add(result, queries.group, gold));
      const accepted = measure("decode", () => {
        const outputs = result.heads.map((head) => meanOfGroups(head.output, queries.group));
        const projections = project(setting, `hop ${hop}`, outputs, answers, queryIds);
        return acceptedCandidates(projections, gold.length);
      });
      frontier = [...accepted].filter((node) => !visited.has(node)).sort((a, b) => a - b);
      for (const node of frontier) visited.add(node);
    }
    return { conclusion: frontier, trace };
  }

  /** Every candidate whose projection stands out of the noise and is not far below the query's largest. */
  function acceptedCandidates(projections: Float64Array, queries: number): Set<number> {
    const candidates = circuit.candidates.length;
    const floor = (Math.sqrt(2 * Math.log(candidates)) + 1) * projectionNoise(setting);
    const accepted = new Set<number>();
    for (let i = 0; i < queries; i++) {
      const row = projections.subarray(i * candidates, (i + 1) * candidates);
      const threshold = Math.max(floor, 0.4 * row.reduce((a, b) => Math.max(a, b), -Infinity));
      row.forEach((value, c) => {
        if (value >= threshold) accepted.add(circuit.candidates[c]!);
      });
    }
    return accepted;
  }
}

/** Rows of a code table scaled to norm sqrt(d): the ideal queries for these features. (Q, d) */
function gather(codes: Tensor, features: readonly number[]): Tensor {
  const d = codes.shape[1]!;
  const out = matrix(features.length, d);
  features.forEach((feature, i) => flat(out).set(flat(rowOf(codes, feature)), i * d));
  return normaliseRows(out);
}

/** For each feature the anchors of the records that have it as their key. */
function anchorsByKey(keys: Int32Array, anchors: Int32Array, features: number): number[][] {
  const lists: number[][] = Array.from({ length: features }, () => []);
  keys.forEach((feature, r) => {
    if (feature >= 0) lists[feature]!.push(anchors[r]!);
  });
  return lists;
}
