import type { AttentionResult } from "../../attention/read.ts";
import { unmeasured } from "../../core/profile.ts";
import { flat } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { CountRetrieve, RecordSet } from "../../tasks/circuit.ts";
import type { Problem } from "../../tasks/task.ts";
import { calibrationTokens } from "../circuits/count-retrieve.ts";
import type { CountReading } from "../reading.ts";
import { makeCache } from "./cache.ts";
import { featureIds, fillCodes, matrix, normaliseRows } from "./codes.ts";
import { contentName, contentOf, sumsOf } from "./content.ts";
import { HeadEmbedding, mapTokens } from "./embed.ts";
import type { Mechanism } from "./mechanism.ts";
import { makeQueries } from "./queries.ts";
import type { Trace } from "./trace.ts";
import { scopedAll } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

/** Ideal query and key of the sink in one kv head: rows (1, d). */
interface CountingHead {
  readonly query: Tensor;
  readonly sink: Tensor;
}

/**
 * Embeds the requests of a conversation, each keyed by its content, and the sink, keyed by the needles' content without
 * noise. A request's query stands at the token before its anchor, so that it does not see itself.
 *
 * @returns a mechanism at work on them
 */
export function embedRequests(
  workspace: Workspace,
  { requests, needles }: CountRetrieve,
  features: Problem["features"],
): (mechanism: Mechanism, trace: Trace) => CountReading {
  const { params, tokens, spaces, measure } = workspace;
  const counting = { ...workspace, seed: `${workspace.seed}/count` };
  const ids = featureIds(features);
  const heads = measure("embed", () => {
    const map = mapTokens(requests, tokens);
    return spaces.map((_, h) => {
      const codes = fillCodes(counting, h, "key", ids);
      const embedding = new HeadEmbedding(counting, h);
      embedding.embedKeys(
        map,
        sumsOf(codes, requests.count, (r) => contentOf(requests, r)),
      );
      embedding.drawValues();
      const content = sumsOf(codes, 1, () => contentOf(requests, needles[0]!));
      const sink = matrix(1, params.headDim);
      flat(content).forEach((x, c) => (flat(sink)[c] = params.fidelity * x));
      embedding.setSink(sink);
      return { embedding, sink, query: normaliseRows(content) };
    });
  });
  const each = [...needles].map((_, j) => j);
  const queries = makeQueries(workspace, {
    name: "count",
    ideal: heads.map(({ query }) => repeatRow(query, needles.length)),
    ids: Uint32Array.from(each.flatMap((j) => [j, 0])),
    positions: Int32Array.from(needles, (needle) => requests.anchor[needle]! - 1),
    phase: "prefill",
    step: 0,
  });
  const gold = each.map((j) => [
    0,
    ...Array.from(needles.subarray(0, j), (needle) => requests.anchor[needle]!),
  ]);
  const content = contentName(requests, needles[0]!, features);
  const nameOf = (j: number): string => `request ${j + 1} of ${content}`;
  const cache = makeCache(
    workspace,
    heads.map(({ embedding }) => embedding),
    { contextEnd: requests.anchor[requests.count - 1]!, queries: heads.map(({ query }) => query) },
  );
  const sinkWeightAlone = measure("embed", () => embedNothing(workspace, heads));

  return (mechanism, trace) => {
    const { over, measure: measureOwn = unmeasured } = mechanism;
    return {
      sinkWeightAlone: () => scopedAll(spaces, () => sinkWeightAlone(mechanism)),
      sinkWeights: () =>
        scopedAll(spaces, () => {
          const result = over(cache)(queries);
          measureOwn("score", () => {
            trace.add({ cache, queries, result, gold, nameOf });
          });
          return each.map((j) => sinkWeight(result, j, queries.group));
        }),
    };
  };
}

const noRecords: RecordSet = {
  count: 0,
  start: new Int32Array(0),
  anchor: new Int32Array(0),
  key: [],
  value: new Int32Array(0),
};

/**
 * Embeds a short context without requests, on which the readout of every mechanism is calibrated.
 *
 * @returns the weight that a mechanism leaves on the sink there
 */
function embedNothing(
  workspace: Workspace,
  heads: readonly CountingHead[],
): (mechanism: Mechanism) => number {
  const short = { ...workspace, seed: `${workspace.seed}/calibration`, tokens: calibrationTokens };
  const nothing = mapTokens(noRecords, calibrationTokens);
  const embeddings = heads.map(({ query, sink }, h) => {
    const embedding = new HeadEmbedding(short, h);
    embedding.embedKeys(nothing, query);
    embedding.drawValues();
    embedding.setSink(sink);
    return embedding;
  });
  const ideal = heads.map(({ query }) => query);
  const last = calibrationTokens - 1;
  const cache = makeCache(short, embeddings, { contextEnd: last, queries: ideal });
  const asked = makeQueries(short, {
    name: "count",
    ideal,
    ids: Uint32Array.of(0, 0),
    positions: Int32Array.of(last),
    phase: "prefill",
    step: 0,
  });
  return ({ over }) => sinkWeight(over(cache)(asked), 0, asked.group);
}

/** Weight of a query on token 0, the mean over query heads. */
function sinkWeight({ heads }: AttentionResult, query: number, group: number): number {
  let weight = 0;
  for (const head of heads) {
    for (let row = query * group; row < (query + 1) * group; row++) weight += head.weights(row, [0])[0]!;
  }
  return weight / (heads.length * group);
}

function repeatRow(row: Tensor, times: number): Tensor {
  const out = matrix(times, row.shape[1]!);
  for (let i = 0; i < times; i++) flat(out).set(flat(row), i * row.shape[1]!);
  return out;
}
