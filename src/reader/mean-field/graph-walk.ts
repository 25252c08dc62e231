import { upperTail } from "../../core/normal.ts";
import type { Random } from "../../core/random.ts";
import { maxFrontier } from "../circuits/graph-walk.ts";
import type { ReaderParams } from "../params.ts";
import { acceptanceFloor, acceptedShare, projectionNoise } from "../readout.ts";
import type { Score, WalkOutline } from "../../tasks/task.ts";
import type { MeanFieldAttention } from "./attend.ts";
import { foundAt } from "./draw.ts";

/** A walk in the mean field: a graph drawn where it is walked, attention drawn as theory has it. */
export function walkInTheory(
  outline: WalkOutline,
  reader: ReaderParams,
  attention: MeanFieldAttention,
  random: Random,
): Score {
  const { tokens, head, tail, nodes, degree, backwards, hops, recordTokens } = outline;
  const run = backwards ? 1 : degree;
  const records = tokens - head - tail;
  const targetsOf = edgesOf(outline, random.fork("edges"));
  const start = 0;
  const truth = walk((node) => targetsOf(node).filter((_, i, all) => all.indexOf(all[i]!) === i));
  const drawing = random.fork("attention");
  const sigma = projectionNoise(reader);
  const floor = acceptanceFloor(nodes, sigma);
  const answer = walk((node, hop) => {
    const targets = targetsOf(node);
    const sight = {
      ...{
        tokens,
        tail,
        recordTokens,
        gap: 1,
        run,
        matches: targets.length,
        like: [],
        asking: 0,
        asked: hop === 0,
      },
      recordShare: (records / tokens) * (recordTokens / (recordTokens + 1)),
    };
    const places = placesOf(targets.length);
    const { weights, noise } = attention.attend(
      sight,
      { phase: "decode", step: hop },
      foundAt({ distances: places.map((place) => tail + records - place) }, drawing),
      drawing,
    );
    const amplitude = new Map<number, number>();
    targets.forEach((target, i) => amplitude.set(target, (amplitude.get(target) ?? 0) + weights[i]!));
    const crosstalk =
      weights.reduce((sum, weight) => sum + weight * weight, 0) / (reader.headDim * reader.kvHeads);
    const sd = Math.sqrt(sigma * sigma + noise + crosstalk);
    const projections = [...amplitude].map(([target, a]) => ({ target, p: a + sd * drawing.normal() }));
    const most = projections.reduce((a, { p }) => Math.max(a, p), 0);
    const least = Math.max(floor, acceptedShare * most);
    const wrong = Array.from(
      { length: Math.min(drawing.poisson(nodes * upperTail(least / sd)), nodes) },
      () => drawing.below(nodes),
    );
    return [...projections.filter(({ p }) => p >= least).map(({ target }) => target), ...wrong];
  });
  return setScore(answer, truth);

  /** Where records of one key end among all records: next to each other if the list is sorted by it, or anywhere. */
  function placesOf(count: number): number[] {
    if (!backwards) {
      const last = (1 + drawing.below(nodes)) / nodes;
      return Array.from({ length: count }, (_, i) => last * records - i * (recordTokens + 1));
    }
    return Array.from({ length: count }, () => drawing.uniform() * records).sort((a, b) => b - a);
  }

  /** The last frontier of a walk from the start. */
  function walk(step: (node: number, hop: number) => readonly number[]): Set<number> {
    const visited = new Set([start]);
    let frontier = new Set([start]);
    for (let hop = 0; hop < hops && frontier.size > 0 && frontier.size <= maxFrontier; hop++) {
      const next = new Set<number>();
      for (const node of frontier)
        for (const found of step(node, hop)) if (!visited.has(found)) next.add(found);
      for (const node of next) visited.add(node);
      frontier = next;
    }
    return frontier;
  }
}

/** The nodes at the other ends of a node's edges, drawn when first asked for. */
function edgesOf(
  { nodes, degree, backwards }: WalkOutline,
  random: Random,
): (node: number) => readonly number[] {
  const drawn = new Map<number, readonly number[]>();
  return (node) => {
    let ends = drawn.get(node);
    if (!ends) {
      const own = random.fork(node);
      const count = backwards ? own.poisson(degree) : degree;
      ends = Array.from({ length: count }, () => own.below(nodes));
      drawn.set(node, ends);
    }
    return ends;
  };
}

/** F1 of two sets, 1 where both are empty. */
function setScore(given: ReadonlySet<number>, truth: ReadonlySet<number>): Score {
  const shared = [...given].filter((node) => truth.has(node)).length;
  const total = given.size + truth.size;
  return {
    score: total === 0 ? 1 : (2 * shared) / total,
    exact: shared === truth.size && shared === given.size,
  };
}
