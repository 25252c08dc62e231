import { describe, expect, it } from "vitest";
import { aggregate } from "../../src/reader/circuits/aggregate.ts";
import { chain } from "../../src/reader/circuits/chain.ts";
import { countRequests, retrieveMessage } from "../../src/reader/circuits/count-retrieve.ts";
import { graphWalk } from "../../src/reader/circuits/graph-walk.ts";
import { retrieve } from "../../src/reader/circuits/retrieve.ts";
import { resolveReader } from "../../src/reader/params.ts";
import type { Reading } from "../../src/reader/reading.ts";

/** A reading of candidates 0, 1, 2 ... whose projections are written down for each query; it notes what was asked. */
function written(table: (query: number, step: number) => readonly number[], noise = 0) {
  const asked: [query: number, step: number][] = [];
  const reading: Reading = {
    ask: (queries, step, readOut) =>
      Array.from(queries, (query) => {
        asked.push([query, step]);
        const values = Float64Array.from(table(query, step));
        return readOut({ candidates: [...values.keys()], values, total: values.length, noise });
      }),
  };
  return { reading, asked };
}

/** Projections of 1 on some of `size` candidates. */
const on = (candidates: readonly number[], size: number): number[] =>
  Array.from({ length: size }, (_, c) => (candidates.includes(c) ? 1 : 0));

describe("graph walk", () => {
  const edges = [[1, 2], [3], [3, 0], [4], []];

  it("goes on from new nodes only, one hop a step, and concludes with the last frontier", () => {
    const { reading, asked } = written((node) => on(edges[node]!, 5));
    expect(graphWalk(reading, { start: 0, hops: 3 })).toEqual([4]);
    expect(asked).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
    expect(graphWalk(reading, { start: 4, hops: 3 })).toEqual([]);
  });

  it("takes what stands out of the noise and is not far below the largest", () => {
    const projections = [0, 0.9, 0.37, 0.35, 0.3];
    const next = (noise: number) =>
      graphWalk(written(() => projections, noise).reading, { start: 0, hops: 1 });
    expect(next(0.01)).toEqual([1, 2]);
    expect(next(0.2)).toEqual([1]);
    expect(next(1)).toEqual([]);
  });

  it("stops at a frontier that is noise", () => {
    const everything = written(() => on([...Array(1200).keys()], 1200));
    expect(graphWalk(everything.reading, { start: 0, hops: 5 })).toHaveLength(1199);
    expect(everything.asked).toHaveLength(1);
  });
});

it("a chain goes to the nearest candidate that is not on its path", () => {
  const { reading, asked } = written(
    (at) =>
      [
        [0.9, 0.2, 0.5],
        [0.3, 0.2, 0.6],
        [1, 1, 1],
      ][at]!,
  );
  expect(chain(reading, { start: 0, hops: 2 })).toEqual([2, 1]);
  expect(asked).toEqual([
    [0, 0],
    [2, 1],
  ]);
});

describe("retrieve", () => {
  const asked = [0, 1].map((feature) => [{ weight: 1, feature }]);
  const { reading } = written(
    (question) =>
      [
        [0.1, 0.8, 0.9],
        [0.7, 0.1, 0.2],
      ][question]!,
    0.05,
  );

  it("answers each question with as many candidates as are asked for, the nearest first", () => {
    expect(retrieve(reading, { asked, answers: 2 })).toEqual([2, 1, 0, 2]);
  });

  it("or with all that stand out", () => {
    expect(retrieve(reading, { asked })).toEqual([1, 2, 0]);
  });
});

it("an aggregation reads the sum over all askers", () => {
  const { reading } = written(
    (asker) =>
      [
        [0.5, 0.4, 0],
        [0, 0.4, 0.5],
      ][asker]!,
  );
  expect(aggregate(reading, 2, 1)).toEqual([1]);
});

describe("count and retrieve", () => {
  it("counts by the share of the sink, calibrated on where there is nothing to count", () => {
    const reader = resolveReader({ fidelity: 1, coherence: 0 });
    const counts = countRequests(
      { sinkWeightAlone: () => 0.6, sinkWeights: () => [0.6, 0.3, 0.2, 0.01, 0] },
      { reader, members: 0, requests: 20 },
    );
    expect(counts.map((count) => Math.round(count * 1e6) / 1e6)).toEqual([1, 2, 3, 20, 20]);
  });

  it("asks for the message on the second step", () => {
    const { reading, asked } = written(() => [0.1, 0.2, 0.9, 0.3]);
    expect(retrieveMessage(reading)).toEqual([2]);
    expect(asked).toEqual([[0, 1]]);
  });
});
