import { upperTail } from "../../core/normal.ts";
import type { Random } from "../../core/random.ts";
import type { GraphWalk } from "../../tasks/circuit.ts";
import type { WalkOutline } from "../../tasks/outline.ts";
import type { Score } from "../../tasks/task.ts";
import { graphWalk } from "../circuits/graph-walk.ts";
import { projectionNoise } from "../readout.ts";
import type { Reading } from "../reading.ts";
import { foundAt } from "./draw-head.ts";
import type { DrawnTrial } from "./trial.ts";

/** The nodes at the other ends of a node's edges. */
export type DrawnEdges = (node: number) => readonly number[];

/** Walks a graph that is drawn where the walk goes. */
export const walkDrawnGraph = (outline: WalkOutline, trial: DrawnTrial): Score =>
  scoreDrawnWalk(outline, trial.random, (edges, walk) =>
    graphWalk(drawnReading(outline, edges, trial), walk),
  );

/** Draws a graph where a walk goes, and scores the walk. @param walked the last frontier of the walk, as it was read */
export function scoreDrawnWalk(
  outline: WalkOutline,
  random: Random,
  walked: (edges: DrawnEdges, walk: Pick<GraphWalk, "start" | "hops">) => readonly number[],
): Score {
  const edges = drawEdges(outline, random.fork("edges"));
  const walk = { start: 0, hops: outline.hops };
  const truth = graphWalk(withoutError(edges, outline.nodes), walk);
  return scoreOfSets(new Set(walked(edges, walk)), new Set(truth));
}

/** Draws a node's edges when they are first asked for. */
function drawEdges({ nodes, degree, backwards }: WalkOutline, random: Random): DrawnEdges {
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

/** A reading that sees every edge, and nothing else. */
const withoutError = (edges: DrawnEdges, nodes: number): Reading => ({
  ask: (frontier, _hop, readOut) =>
    Array.from(frontier, (node) => {
      const candidates = edges(node);
      return readOut({
        candidates,
        values: new Float64Array(candidates.length).fill(1),
        total: nodes,
        noise: 0,
      });
    }),
});

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

  return {
    ask: (frontier, hop, readOut) =>
      Array.from(frontier, (node) => {
        const ends = edges(node);
        const { weights, noise: besides } = attention.attend(
          {
            sight: { ...common, matches: ends.length, asked: hop === 0 },
            moment: { phase: "decode", step: hop },
            found: foundAt({ distances: drawPlaces(ends.length).map((at) => tail + records - at) }, drawing),
          },
          drawing,
        );
        // several edges to one node add up
        const amplitudes = new Map<number, number>();
        ends.forEach((end, i) => amplitudes.set(end, (amplitudes.get(end) ?? 0) + weights[i]!));
        const crosstalk =
          weights.reduce((sum, weight) => sum + weight * weight, 0) / (reader.headDim * reader.kvHeads);
        const sd = Math.sqrt(noise * noise + besides + crosstalk);
        return readOut({
          candidates: [...amplitudes.keys()],
          values: Float64Array.from(amplitudes.values(), (amplitude) => amplitude + sd * drawing.normal()),
          total: nodes,
          noise,
          othersFrom(least) {
            const count = Math.min(drawing.poisson(nodes * upperTail(least / sd)), nodes);
            return Array.from({ length: count }, () => drawing.below(nodes));
          },
        });
      }),
  };

  /** Ends of the records of one key among all records: in a row if the list is sorted by the key, else anywhere. */
  function drawPlaces(count: number): number[] {
    if (!backwards) {
      const last = (1 + drawing.below(nodes)) / nodes;
      return Array.from({ length: count }, (_, i) => last * records - i * (recordTokens + 1));
    }
    return Array.from({ length: count }, () => drawing.uniform() * records).sort((a, b) => b - a);
  }
}

/** F1 of two sets; 1 for two empty ones. */
function scoreOfSets(given: ReadonlySet<number>, truth: ReadonlySet<number>): Score {
  const shared = [...given].filter((node) => truth.has(node)).length;
  const total = given.size + truth.size;
  return {
    score: total === 0 ? 1 : (2 * shared) / total,
    exact: shared === truth.size && shared === given.size,
  };
}
