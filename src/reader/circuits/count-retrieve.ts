import type { AttentionResult } from "../../attention/read.ts";
import type { Queries } from "../../attention/cache.ts";
import { unmeasured } from "../../core/profile.ts";
import { flat } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { CountRetrieve, FeatureTerm, RecordSet } from "../../tasks/task.ts";
import { makeCache, makeQueries, scopedAll } from "../cache.ts";
import type { Setting } from "../cache.ts";
import { featureIds, fillCodes, matrix, normaliseRows, sumCodes } from "../codes.ts";
import { HeadEmbedding, mapTokens } from "../embed.ts";
import type { ReaderParams } from "../params.ts";
import type { Mechanism, Outcome } from "../reader.ts";
import { candidatesOf, project } from "../readout.ts";
import { readOften } from "../reads.ts";
import { Trace } from "../trace.ts";

/** Shares of a response key's variance: content (format and topic), and ordinal. */
export const contentShare = 0.6;
export const ordinalShare = 0.4;

/**
 * Counts the requests identical to the one asked for, keys their responses by what was counted, retrieves.
 * Distractors are keyed by their true ordinals: their content already tells them apart.
 */
export function* countRetrieve(
  setting: Setting,
  circuit: CountRetrieve,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const traces = mechanisms.map(() => new Trace());
  const counted = scopedAll(setting.spaces, () => count(setting, circuit, features, mechanisms, traces));
  yield* retrieve(setting, circuit, features, mechanisms, traces, counted);
}

/** Terms of a record's content: what its key columns hold, scaled. */
const contentTerms = ({ key }: RecordSet, record: number, scale: number): FeatureTerm[] =>
  key
    .map(({ weight, features }) => ({ weight: weight * scale, feature: features[record]! }))
    .filter(({ feature }) => feature >= 0);

/** The codes of the keys of every record: (M, d). */
function keyTable(codes: Tensor, count: number, terms: (record: number) => readonly FeatureTerm[]): Tensor {
  const table = matrix(count, codes.shape[1]!);
  for (let r = 0; r < count; r++) sumCodes(codes, terms(r), table, r);
  return table;
}

/**
 * Each mechanism's estimates of the ordinals of the needles' requests. The j-th request looks back, itself
 * excluded, at the earlier identical ones and at the sink, which gets 1/j of the mass if nothing leaks.
 */
function count(
  setting: Setting,
  circuit: CountRetrieve,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
  traces: readonly Trace[],
): number[][] {
  const { ops, params, seed, tokens, spaces, measure: shared } = setting;
  const { requests, needles } = circuit;
  const ids = featureIds(features);
  const first = needles[0]!;
  const heads = shared("embed", () => {
    const map = mapTokens(requests, tokens);
    return spaces.map((space, h) => {
      const codes = fillCodes(ops, space, `${seed}/count`, h, "key", ids, params.headDim);
      const table = keyTable(codes, requests.count, (r) => contentTerms(requests, r, 1));
      const embedding = new HeadEmbedding(ops, space, params, `${seed}/count`, h, tokens);
      embedding.embedKeys(map, table);
      embedding.drawValues();
      const content = keyTable(codes, 1, () => contentTerms(requests, first, 1));
      const sink = matrix(1, params.headDim);
      flat(content).forEach((x, c) => (flat(sink)[c] = params.fidelity * x));
      embedding.setSink(sink);
      return { embedding, sink, query: normaliseRows(content) };
    });
  });
  const positions = Int32Array.from(needles, (needle) => requests.anchor[needle]! - 1);
  const ideal = heads.map(({ query }) => repeatRow(query, needles.length));
  const requestIds = Uint32Array.from([...needles].flatMap((_, j) => [j, 0]));
  const queries = makeQueries(setting, "count", ideal, requestIds, positions, "prefill", 0);
  const gold = [...needles].map((_, j) => [
    0,
    ...[...needles.subarray(0, j)].map((needle) => requests.anchor[needle]!),
  ]);
  const cache = makeCache(
    setting,
    heads.map((head) => head.embedding),
    { contextEnd: requests.anchor[requests.count - 1]!, queries: heads.map((head) => head.query) },
  );
  const others = requests.anchor[first]! - requests.start[first]!;
  const calibrate = shared("embed", () => calibration(setting, heads));
  return mechanisms.map((mechanism, m) => {
    const { over, measure = unmeasured } = mechanism;
    const alone = scopedAll(spaces, () => calibrate(mechanism));
    const readOrdinal = ordinalReadout(params, alone, others, requests.count);
    return scopedAll(spaces, () => {
      const result = over(cache)(queries);
      measure("score", () => traces[m]!.add(result, queries.group, gold));
      return [...needles].map((_, j) => readOrdinal(sinkMass(result, j, queries.group)));
    });
  });
}

/** Tokens of the context on which a counting head's readout is calibrated. */
export const calibrationTokens = 1024;

/**
 * Measures the weight that a mechanism leaves on the sink when there is nothing to count: 1, less what fixed gates
 * take. One short cache serves every mechanism.
 */
function calibration(
  setting: Setting,
  heads: readonly { readonly query: Tensor; readonly sink: Tensor }[],
): (mechanism: Mechanism) => number {
  const { ops, params, spaces } = setting;
  const short: Setting = { ...setting, seed: `${setting.seed}/calibration`, tokens: calibrationTokens };
  const nothing = mapTokens(noRecords, calibrationTokens);
  const embeddings = heads.map(({ query, sink }, h) => {
    const embedding = new HeadEmbedding(ops, spaces[h]!, params, short.seed, h, calibrationTokens);
    embedding.embedKeys(nothing, query);
    embedding.drawValues();
    embedding.setSink(sink);
    return embedding;
  });
  const ideal = heads.map(({ query }) => query);
  const last = calibrationTokens - 1;
  const cache = makeCache(short, embeddings, { contextEnd: last, queries: ideal });
  const asked = makeQueries(short, "count", ideal, Uint32Array.of(0, 0), Int32Array.of(last), "prefill", 0);
  return ({ over }) => sinkMass(over(cache)(asked), 0, asked.group);
}

const noRecords: RecordSet = {
  count: 0,
  start: new Int32Array(0),
  anchor: new Int32Array(0),
  key: [],
  value: new Int32Array(0),
};

/**
 * The ordinal that a weight on the sink stands for. The readout is calibrated as a trained head's is, with its own
 * mechanism on contexts so short that nothing leaks but the requests themselves: seen from a match, each earlier
 * request adds the mean exponential of its key noise, and each request, the asking one too, the coherent share of
 * its other tokens.
 *
 * @param alone weight on the sink when there is nothing to count
 * @param others tokens of a request besides its anchor
 * @param highest no count is above it
 */
export function ordinalReadout(
  {
    sharpness: g,
    headDim,
    fidelity: rho,
    coherence: c,
  }: Pick<ReaderParams, "sharpness" | "headDim" | "fidelity" | "coherence">,
  alone: number,
  others: number,
  highest: number,
): (sink: number) => number {
  const match = Math.exp((g * g * (1 - rho * rho)) / 2);
  const rest = others * Math.exp(g * Math.sqrt(headDim) * (Math.sqrt(c) - rho) + (g * g * (1 - c)) / 2);
  return (sink) =>
    sink > 0 ? Math.min(Math.max(1, 1 + (alone / sink - 1 - rest) / (match + rest)), highest) : highest;
}

/** Mean over query heads of the weight on token 0. */
function sinkMass({ heads }: AttentionResult, query: number, group: number): number {
  let mass = 0;
  for (const head of heads) {
    for (let row = query * group; row < (query + 1) * group; row++) mass += head.weights(row, [0])[0]!;
  }
  return mass / (heads.length * group);
}

function repeatRow(row: Tensor, times: number): Tensor {
  const out = matrix(times, row.shape[1]!);
  for (let i = 0; i < times; i++) flat(out).set(flat(row), i * row.shape[1]!);
  return out;
}

/** Keys the responses by content and counted ordinal, and answers with the nearest message. */
function* retrieve(
  setting: Setting,
  circuit: CountRetrieve,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
  traces: readonly Trace[],
  counted: readonly (readonly number[])[],
): Generator<Outcome> {
  const { ops, params, seed, tokens, spaces, measure: shared } = setting;
  const { responses, ordinals, needles, wanted } = circuit;
  const ordinalAt = features.length;
  const highest = Math.max(...ordinals, ...counted.flat().map(Math.ceil), wanted);
  const ids = featureIds([...features, ...Array.from({ length: highest + 1 }, (_, i) => `ordinal:${i}`)]);
  const terms = (record: number, ordinal: number): FeatureTerm[] => {
    const low = Math.floor(ordinal);
    const part = ordinal - low;
    return [
      ...contentTerms(responses, record, Math.sqrt(contentShare)),
      { weight: Math.sqrt(ordinalShare * (1 - part)), feature: ordinalAt + low },
      ...(part > 0 ? [{ weight: Math.sqrt(ordinalShare * part), feature: ordinalAt + low + 1 }] : []),
    ];
  };
  const map = mapTokens(responses, tokens);
  const heads = shared("embed", () => {
    const messageRows = Int32Array.from({ length: responses.count }, (_, r) => r);
    return spaces.map((space, h) => {
      const codes = fillCodes(ops, space, `${seed}/retrieve`, h, "key", ids, params.headDim);
      const embedding = new HeadEmbedding(ops, space, params, `${seed}/retrieve`, h, tokens);
      embedding.embedKeys(
        map,
        keyTable(codes, responses.count, (r) => terms(r, ordinals[r]!)),
      );
      const values = fillCodes(
        ops,
        space,
        `${seed}/retrieve`,
        h,
        "value",
        valueIds(responses, ids),
        params.headDim,
      );
      embedding.embedValues(map, values, messageRows);
      const query = normaliseRows(keyTable(codes, 1, () => terms(needles[0]!, wanted)));
      return { codes, embedding, values, query };
    });
  });
  const cache = makeCache(
    setting,
    heads.map((head) => head.embedding),
    { contextEnd: responses.anchor[responses.count - 1]!, queries: heads.map((head) => head.query) },
  );
  const queryIds = Uint32Array.of(0, 0);
  const ideal = heads.map((head) => head.query);
  const queries = (name: string): Queries =>
    makeQueries(setting, name, ideal, queryIds, Int32Array.of(tokens - 1), "decode", 1);
  const target = needles[wanted - 1]!;
  const messages = candidatesOf(heads.map((head) => head.values));

  for (const [m, mechanism] of mechanisms.entries()) {
    yield scopedAll(spaces, () => answer(mechanism, counted[m]!, traces[m]!));
  }

  /** Draws the needles' responses again, keyed by these ordinals; the rest of the cache stays as it is. */
  function keyNeedles(estimates: readonly number[]): void {
    for (const { codes, embedding } of heads) {
      const table = keyTable(codes, needles.length, (j) => terms(needles[j]!, estimates[j]!));
      const rowOfRecord = new Int32Array(responses.count).fill(-1);
      needles.forEach((needle, j) => (rowOfRecord[needle] = j));
      for (const needle of needles) {
        embedding.embedKeys(map, table, rowOfRecord, responses.start[needle], responses.anchor[needle]! + 1);
      }
    }
  }

  function answer(
    { over, measure = unmeasured }: Mechanism,
    counts: readonly number[],
    trace: Trace,
  ): Outcome {
    measure("embed", () => keyNeedles(counts));
    const gold = [[responses.anchor[target]!]];
    const outputs = readOften(params, "retrieve", queries, over(cache), (result, group, times) => {
      if (result.heads.length !== heads.length)
        throw new Error(`a result of ${result.heads.length} heads, not ${heads.length}`);
      measure("score", () => trace.add(result, group, gold, times));
    });
    return measure("decode", () => {
      const projections = project(setting, "retrieve", outputs, messages, queryIds);
      const best = projections.indexOf(projections.reduce((a, b) => Math.max(a, b), -Infinity));
      return { conclusion: [responses.value[best]!], trace };
    });
  }
}

/** Names of the messages' value codes to the generator, record by record: (2 M). */
function valueIds({ value }: RecordSet, ids: Uint32Array): Uint32Array {
  return Uint32Array.from([...value].flatMap((feature) => [ids[2 * feature]!, ids[2 * feature + 1]!]));
}
