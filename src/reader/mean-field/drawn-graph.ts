import { upperTail } from "../../core/normal.ts";
import type { Random } from "../../core/random.ts";
import type { GraphWalk } from "../../tasks/circuit.ts";
import type { WalkOutline } from "../../tasks/outline.ts";
import type { Score } from "../../tasks/task.ts";
import { endsBy, walkHops } from "../circuits/graph-walk.ts";
import { projectionNoise } from "../readout.ts";
import type { Reading } from "../reading.ts";
import type { Sight } from "./attention.ts";
import { FoundRecords } from "./found.ts";
import type { DrawnTrial } from "./trial.ts";

/** The nodes at the other ends of a node's edges. */
export type DrawnEdges = (node: number) => readonly number[];

/** Walks a graph that is drawn where the walk goes. */
export const walkDrawnGraph = (outline: WalkOutline, trial: DrawnTrial): Score =>
  scoreDrawnWalk(outline, trial.random, (edges, walk) =>
    walkHops(walk, endsBy(drawnReading(outline, edges, trial))),
  );

/** Draws a graph where a walk goes, and scores the walk. @param walked the last frontier of the walk, as it was read */
export function scoreDrawnWalk(
  outline: WalkOutline,
  random: Random,
  walked: (edges: DrawnEdges, walk: Pick<GraphWalk, "start" | "hops">) => readonly number[],
): Score {
  const edges = drawEdges(outline, random.fork("edges"));
  const walk = { start: 0, hops: outline.hops };
  const truth = walkHops(walk, (frontier) => frontier.flatMap(edges));
  return scoreOfSets(walked(edges, walk), new Set(truth));
}

/** Draws a node's edges when they are first asked for. */
function drawEdges({ nodes, degree, backwards }: WalkOutline, random: Random): DrawnEdges {
  const drawn = new Map<number, readonly number[]>();
  return (node) => {
    let ends = drawn.get(node);
    if (!ends) {
      const own = random.fork(node);
      const count = backwards ? own.poisson(degree) : degree;
      ends = drawNodes(count, nodes, own);
      drawn.set(node, ends);
    }
    return ends;
  };
}

function drawNodes(count: number, nodes: number, random: Random): number[] {
  const drawn: number[] = [];
  for (let i = 0; i < count; i++) drawn.push(random.below(nodes));
  return drawn;
}

/** A reading whose attention is drawn: the projections of the nodes found, and the noise of all others. */
function drawnReading(
  outline: WalkOutline,
  edges: DrawnEdges,
  { reader, attention, random }: DrawnTrial,
): Reading {
  const { tokens, head, tail, nodes, degree, backwards, recordTokens } = outline;
  const records = tokens - head - tail;
  const drawing = random.fork("attention");
  const noise = projectionNoise(reader);
  const common = {
    tokens,
    tail,
    recordTokens,
    gap: 1,
    run: backwards ? 1 : degree,
    like: [],
    asking: 0,
    recordShare: (records / tokens) * (recordTokens / (recordTokens + 1)),
  };
  /** Sights of nodes by their number of edges, at one hop. */
  const sightsAt = (hop: number): ((matches: number) => Sight) => {
    const known: Sight[] = [];
    return (matches) => (known[matches] ??= { ...common, matches, asked: hop === 0 });
  };

  return {
    ask: (frontier, hop, readOut) => {
      const moment = { phase: "decode", step: hop } as const;
      const sightOf = sightsAt(hop);
      return Array.from(frontier, (node) => {
        const ends = edges(node);
        const sight = sightOf(ends.length);
        const found = new FoundRecords({ distances: drawDistances(ends.length) }, drawing);
        const { weights, noise: besides } = attention.attend({ sight, moment, found }, drawing);
        let crosstalk = 0;
        for (const weight of weights) crosstalk += weight * weight;
        const sd = Math.sqrt(noise * noise + besides + crosstalk / (reader.headDim * reader.kvHeads));
        // several edges to one node add up
        const candidates: number[] = [];
        const values: number[] = [];
        for (let i = 0; i < ends.length; i++) {
          const known = candidates.indexOf(ends[i]!);
          if (known < 0) {
            candidates.push(ends[i]!);
            values.push(weights[i]!);
          } else values[known]! += weights[i]!;
        }
        for (let i = 0; i < values.length; i++) values[i]! += sd * drawing.normal();
        return readOut({
          candidates,
          values: Float64Array.from(values),
          total: nodes,
          noise,
          othersFrom(least) {
            const count = Math.min(drawing.poisson(nodes * upperTail(least / sd)), nodes);
            return drawNodes(count, nodes, drawing);
          },
        });
      });
    },
  };

  /** Distances of the records of one key: in a row if the list is sorted by the key, else anywhere. */
  function drawDistances(count: number): number[] {
    const places: number[] = [];
    if (backwards) {
      for (let i = 0; i < count; i++) places.push(drawing.uniform() * records);
      places.sort((a, b) => b - a);
    } else {
      const last = (1 + drawing.below(nodes)) / nodes;
      for (let i = 0; i < count; i++) places.push(last * records - i * (recordTokens + 1));
    }
    return places.map((at) => tail + records - at);
  }
}

/** F1 of two sets; 1 for two empty ones. @param given different nodes */
function scoreOfSets(given: readonly number[], truth: ReadonlySet<number>): Score {
  const shared = given.filter((node) => truth.has(node)).length;
  const total = given.length + truth.size;
  return {
    score: total === 0 ? 1 : (2 * shared) / total,
    exact: shared === truth.size && shared === given.length,
  };
}
