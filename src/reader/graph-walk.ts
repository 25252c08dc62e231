import { unmeasured } from "../core/profile.ts";
import type { GraphWalk } from "../tasks/task.ts";
import { makeQueries, meanOfGroups, scopedAll } from "./cache.ts";
import type { Setting } from "./cache.ts";
import type { Mechanism, Outcome } from "./reader.ts";
import { candidatesOf, project, projectionNoise } from "./readout.ts";
import { embedRecords } from "./record-cache.ts";
import { Trace } from "./trace.ts";

/** A frontier larger than this is noise that feeds on itself; the reader stops and answers with it. */
export const maxFrontier = 1000;

/** A projection this far below the query's largest is not accepted. */
export const acceptedShare = 0.4;

/** The least projection that stands out of the noise of so many candidates. */
export const acceptanceFloor = (candidates: number, noise: number): number =>
  (Math.sqrt(2 * Math.log(candidates)) + 1) * noise;

/** Set readout hop by hop: builds the cache once, then walks it with each mechanism. */
export function* graphWalk(
  setting: Setting,
  circuit: GraphWalk,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { tokens, spaces } = setting;
  const { cache, ids, ideal, candidates, anchors } = embedRecords(
    setting,
    circuit.records,
    features,
    circuit.start,
  );
  const answers = candidatesOf(candidates(circuit.candidates));

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
      if (result.heads.length !== cache.heads.length)
        throw new Error(`a result of ${result.heads.length} heads, not ${cache.heads.length}`);
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
    const floor = acceptanceFloor(candidates, projectionNoise(setting.params));
    const accepted = new Set<number>();
    for (let i = 0; i < queries; i++) {
      const row = projections.subarray(i * candidates, (i + 1) * candidates);
      const threshold = Math.max(floor, acceptedShare * row.reduce((a, b) => Math.max(a, b), -Infinity));
      row.forEach((value, c) => {
        if (value >= threshold) accepted.add(circuit.candidates[c]!);
      });
    }
    return accepted;
  }
}
