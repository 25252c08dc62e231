import type { PublishedScore } from "../../tasks/published.ts";
import { billOf } from "../economics/bill.ts";
import type { PricedModel } from "../economics/prices.ts";

/** What is to be served. */
export interface Demand {
  /** tokens of a request's prompt */
  readonly prompt: number;
  readonly cachedShare: number;
  /** tokens of an answer; what the table says each model takes for one and the same task where absent */
  readonly output?: number | undefined;
  /** hidden reasoning tokens before an answer */
  readonly think: number;
  readonly requests: number;
  /** longest wait for the first token, s */
  readonly latency?: number | undefined;
  /** tokens that a model must hold; prompt, reasoning and answer where absent */
  readonly context?: number | undefined;
}

/** A published score of a benchmark at the demand's length. */
export interface ApplyingScore {
  readonly benchmark: string;
  readonly column: string;
  readonly score: number;
  /** whether the column covers the prompt's length, or is merely the nearest */
  readonly covers: boolean;
}

/** What can be said of a model for a demand. */
export interface Candidate {
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
  /** why it is out; empty for none */
  readonly refused: readonly string[];
  /** what nobody stated, and cannot be said without */
  readonly gaps: readonly string[];
}

export type RankBy = "cost" | "latency";

/** Models for a demand: first those that nothing speaks against, the cheapest (or quickest) first; unknown ones last. */
export function rankModels(
  models: readonly PricedModel[],
  published: readonly PublishedScore[],
  demand: Demand,
  by: RankBy,
): Candidate[] {
  const order = (candidate: Candidate): readonly number[] => {
    const [cost, wait] = [candidate.cost ?? Infinity, candidate.firstToken ?? Infinity];
    return [candidate.refused.length > 0 ? 1 : 0, ...(by === "cost" ? [cost, wait] : [wait, cost])];
  };
  return models
    .map((model) => candidateOf(model, published, demand))
    .sort((a, b) => {
      const [x, y] = [order(a), order(b)];
      const at = x.findIndex((value, i) => value !== y[i]);
      return at < 0 ? 0 : x[at]! < y[at]! ? -1 : 1;
    });
}

function candidateOf(model: PricedModel, published: readonly PublishedScore[], demand: Demand): Candidate {
  const { prompt, cachedShare, think, requests } = demand;
  const { input, output, cachedInput, firstToken, tokensPerSecond, context } = model;
  const outputTokens = demand.output ?? model.taskTokens;
  const needed = demand.context ?? prompt + think + (outputTokens ?? 0);
  const isPriced = input !== undefined && output !== undefined && outputTokens !== undefined;
  const cost =
    isPriced && (cachedShare === 0 || cachedInput !== undefined)
      ? requests *
        billOf({ prompt, cachedShare, output: outputTokens, think }, { input, output, cachedInput }).total
      : undefined;
  const gaps = Object.entries({
    input,
    output,
    ...(cachedShare > 0 && { "cached input": cachedInput }),
    "output tokens of the task": outputTokens,
    "first token": firstToken,
    ...(think > 0 && { "tokens a second": tokensPerSecond }),
    context,
  }).flatMap(([name, value]) => (value === undefined ? [name] : []));
  // hidden reasoning comes before the first token that is seen
  const hidden = think === 0 ? 0 : tokensPerSecond === undefined ? undefined : think / tokensPerSecond;
  const wait = firstToken === undefined || hidden === undefined ? undefined : firstToken + hidden;
  const scores = scoresAt(published, model.name, prompt);
  return {
    ...{ model: model.name, source: model.source, outputTokens, cost, firstToken: wait },
    answer:
      wait === undefined || outputTokens === undefined || tokensPerSecond === undefined
        ? undefined
        : wait + outputTokens / tokensPerSecond,
    scores,
    refused: [
      ...(context !== undefined && context < needed ? [`holds ${context} tokens of ${needed}`] : []),
      ...(demand.latency !== undefined && wait !== undefined && wait > demand.latency
        ? [`first token after ${Number(wait.toPrecision(3))} s of ${demand.latency}`]
        : []),
    ],
    gaps: scores.length === 0 ? [...gaps, "scores"] : gaps,
  };
}

/** A column farther from the prompt's length than by this factor does not apply. */
const farthest = 2;

/** Each benchmark's score in the column that covers a length, or is nearest to it. */
function scoresAt(published: readonly PublishedScore[], model: string, tokens: number): ApplyingScore[] {
  const distance = ({ tokens: { low, high } }: PublishedScore): number =>
    tokens < low ? low / tokens : tokens > high ? tokens / high : 1;
  const own = published.filter((row) => row.model === model && row.metric !== "other");
  return [...new Set(own.map(({ benchmark }) => benchmark))].flatMap((benchmark) => {
    const [best] = own
      .filter((row) => row.benchmark === benchmark)
      .sort((a, b) => distance(a) - distance(b) || a.tokens.high - b.tokens.high);
    return distance(best!) > farthest
      ? []
      : [{ benchmark, column: best!.column, score: best!.score, covers: distance(best!) === 1 }];
  });
}
