import { distinct } from "../../core/group.ts";
import type { PublishedScore } from "../../tasks/published.ts";
import { billOf } from "../economics/bill.ts";
import type { PricedModel } from "../economics/prices.ts";

/** Requests of the workload. */
export interface Demand {
  /** tokens of a request's prompt */
  readonly prompt: number;
  /** share of the prompt that a cache serves, 0 to 1 */
  readonly cachedShare: number;
  /** tokens of an answer; default: the table's `taskTokens` of each model */
  readonly output?: number | undefined;
  /** hidden reasoning tokens before an answer */
  readonly think: number;
  readonly requests: number;
  /** longest wait for the first token, s */
  readonly latency?: number | undefined;
  /** tokens that a model must hold; default: prompt, reasoning and answer */
  readonly context?: number | undefined;
}

/** A published score of a benchmark at the demand's length. */
export interface ApplyingScore {
  readonly benchmark: string;
  readonly column: string;
  readonly score: number;
  /** true if the column covers the prompt's length; otherwise it is the nearest one */
  readonly covers: boolean;
}

/** A model's cost, latency and scores for a demand. */
export interface RankedModel {
  readonly model: string;
  readonly source: string;
  readonly outputTokens?: number | undefined;
  /** USD, of all requests */
  readonly cost?: number | undefined;
  /** seconds to the first token */
  readonly firstToken?: number | undefined;
  /** seconds to the end of an answer */
  readonly answer?: number | undefined;
  readonly scores: readonly ApplyingScore[];
  /** reasons why the model does not meet the demand */
  readonly refused: readonly string[];
  /** demands that no stated number answers: "latency" */
  readonly unsure: readonly string[];
  /** names of needed numbers that nobody stated */
  readonly gaps: readonly string[];
}

export type RankBy = "cost" | "latency";

/**
 * Ranks models for a demand. Models that meet it come first, from the cheapest or quickest on, gaps
 * last among them. Models that nobody stated a demanded number of come next, and those that do not meet it last.
 */
export function rankModels(
  models: readonly PricedModel[],
  published: readonly PublishedScore[],
  demand: Demand,
  by: RankBy,
): RankedModel[] {
  const keyOf = ({ cost = Infinity, firstToken = Infinity, refused, unsure }: RankedModel) => [
    refused.length > 0 ? 2 : unsure.length > 0 ? 1 : 0,
    ...(by === "cost" ? [cost, firstToken] : [firstToken, cost]),
  ];
  return models
    .map((model) => rankedModel(model, published, demand))
    .sort((a, b) => {
      const [x, y] = [keyOf(a), keyOf(b)];
      const at = x.findIndex((value, i) => value !== y[i]);
      return at < 0 ? 0 : x[at]! < y[at]! ? -1 : 1;
    });
}

function rankedModel(model: PricedModel, published: readonly PublishedScore[], demand: Demand): RankedModel {
  const { prompt, think } = demand;
  const { tokensPerSecond } = model;
  const outputTokens = demand.output ?? model.taskTokens;
  // hidden reasoning comes before the first visible token
  const hidden = think === 0 ? 0 : tokensPerSecond === undefined ? undefined : think / tokensPerSecond;
  const wait = model.firstToken === undefined || hidden === undefined ? undefined : model.firstToken + hidden;
  const scores = scoresNear(published, model.name, prompt);
  return {
    model: model.name,
    source: model.source,
    outputTokens,
    cost: costOf(model, demand, outputTokens),
    firstToken: wait,
    answer:
      wait === undefined || outputTokens === undefined || tokensPerSecond === undefined
        ? undefined
        : wait + outputTokens / tokensPerSecond,
    scores,
    refused: reasonsAgainst(model, demand, { wait, outputTokens }),
    unsure: [
      ...(demand.latency !== undefined && wait === undefined ? ["latency"] : []),
      ...(demand.context !== undefined && model.context === undefined ? ["context"] : []),
    ],
    gaps: [...gapsOf(model, demand, outputTokens), ...(scores.length === 0 ? ["scores"] : [])],
  };
}

/** Cost of all requests, USD; undefined if a price or the length of an answer is missing. */
function costOf(
  { input, output, cachedInput }: PricedModel,
  { prompt, cachedShare, think, requests }: Demand,
  outputTokens: number | undefined,
): number | undefined {
  if (input === undefined || output === undefined || outputTokens === undefined) return undefined;
  if (cachedShare > 0 && cachedInput === undefined) return undefined;
  const tokens = { prompt, cachedShare, output: outputTokens, think };
  return requests * billOf({ prices: { input, output, cachedInput }, tokens }).total;
}

function reasonsAgainst(
  { context }: PricedModel,
  demand: Demand,
  {
    wait,
    outputTokens = 0,
  }: { readonly wait: number | undefined; readonly outputTokens: number | undefined },
): string[] {
  const { prompt, think, latency } = demand;
  const needed = demand.context ?? prompt + think + outputTokens;
  return [
    ...(context !== undefined && context < needed
      ? [`too small: it holds ${context} tokens; ${needed} are needed`]
      : []),
    ...(latency !== undefined && wait !== undefined && wait > latency
      ? [`too slow: the first token comes after ${Number(wait.toPrecision(3))} s; allowed: ${latency} s`]
      : []),
  ];
}

/** Names of needed numbers that the table does not state. */
const gapsOf = (
  { input, output, cachedInput, firstToken, tokensPerSecond, context }: PricedModel,
  { cachedShare, think }: Demand,
  outputTokens: number | undefined,
): string[] =>
  Object.entries({
    input,
    output,
    ...(cachedShare > 0 && { "cached input": cachedInput }),
    "output tokens of the task": outputTokens,
    "first token": firstToken,
    ...(think > 0 && { "tokens a second": tokensPerSecond }),
    context,
  }).flatMap(([name, value]) => (value === undefined ? [name] : []));

/** Largest factor between the prompt's length and a column that still applies. */
const farthest = 2;

/** Each benchmark's score in the column that covers a length, or in the nearest one. */
function scoresNear(published: readonly PublishedScore[], model: string, tokens: number): ApplyingScore[] {
  const distance = ({ tokens: { low, high } }: PublishedScore): number =>
    tokens < low ? low / tokens : tokens > high ? tokens / high : 1;
  const own = published.filter((row) => row.model === model && row.metric !== "other");
  return distinct(own.map(({ benchmark }) => benchmark)).flatMap((benchmark) => {
    const [best] = own
      .filter((row) => row.benchmark === benchmark)
      .sort((a, b) => distance(a) - distance(b) || a.tokens.high - b.tokens.high);
    return distance(best!) > farthest
      ? []
      : [{ benchmark, column: best!.column, score: best!.score, covers: distance(best!) === 1 }];
  });
}
