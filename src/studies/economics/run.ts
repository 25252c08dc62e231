import { UsageError } from "../../core/errors.ts";
import { distinct } from "../../core/group.ts";
import { claimFolder } from "../../runs/claim.ts";
import { finishStudy } from "../study.ts";
import type { Study } from "../study.ts";
import { outputTokensOf } from "./bill.ts";
import type { PricedTask } from "./bill.ts";
import { breakEvenFigure } from "./figure.ts";
import { findModel, readPrices } from "./prices.ts";
import type { PricedModel } from "./prices.ts";
import { economicsOf } from "./result.ts";
import type { Economics, EconomicsQuestion } from "./result.ts";
import { promptsPerOutput } from "./surface.ts";
import { surfaceTable } from "./tables.ts";

const name = "economics";

/** A number for each of the two models. */
type Pair = readonly number[];

export interface EconomicsOptions {
  /** price table in YAML; default: the article's */
  readonly prices?: string | undefined;
  /** the two models of the table, `before` first */
  readonly models: readonly string[];
  /** prices in USD per million tokens; default: the table's */
  readonly input?: Pair | undefined;
  readonly output?: Pair | undefined;
  readonly cachedInput?: Pair | undefined;
  /** tokens of the answer; default: the table's */
  readonly outputTokens?: Pair | undefined;
  /** hidden reasoning tokens before the answer */
  readonly think: Pair;
  readonly prompt: number;
  /** share of the prompt that a cache serves, 0 to 1 */
  readonly cached: number;
  /** seconds to the first token without hidden tokens before it */
  readonly ttft: number;
  /** observed seconds to the first token of the answer */
  readonly firstToken: number;
  /** time of an output token, ms */
  readonly tpotMs: number;
  /** axes of the surface */
  readonly priceRatios: readonly number[];
  readonly reductions: readonly number[];
  /** folder of the surface; default: nothing is written */
  readonly out?: string | undefined;
  /** overwrite results of another question, and edited results */
  readonly force?: boolean | undefined;
}

/** Two models, the question about them, and its answer. */
export interface EconomicsResult {
  readonly models: readonly string[];
  readonly question: EconomicsQuestion;
  readonly economics: Economics;
  readonly sources: readonly string[];
}

/**
 * Compares the costs of a task with two models.
 *
 * @throws UsageError for an unknown model, a number that neither the options nor the table state, and a task without output
 */
export async function runEconomics(options: EconomicsOptions): Promise<Study<EconomicsResult>> {
  const { out, force, ...asked } = options;
  if (out !== undefined) claimFolder(out, { name, config: asked, force });
  const { models } = options;
  const table = readPrices(options.prices);
  const sides = models.map((name, i) => sideOf(findModel(table, name), i, options));
  const [before, after] = sides as [Side, Side];
  if (outputTokensOf(before.task) === 0) throw new UsageError(`${models[0]!} must take output tokens; got 0`);
  const question: EconomicsQuestion = {
    before: before.task,
    after: after.task,
    ttft: options.ttft,
    firstToken: options.firstToken,
    tpot: options.tpotMs / 1000,
    axes: {
      priceRatios: options.priceRatios,
      promptsPerOutput,
      cachedShares: options.cached > 0 ? [0, options.cached] : [0],
      reductions: options.reductions,
    },
  };
  const economics = economicsOf(question);
  const sources = distinct(sides.map(({ source }) => source));
  const results = {
    name,
    question: "When does a dearer model that answers in fewer tokens cost less?",
    tables: [surfaceTable(economics.surface)],
    figures: {
      "break-even": breakEvenFigure(economics.surface, -(economics.changes.outputTokens ?? 0)),
    },
    manifest: { config: asked, sources },
  };
  return finishStudy({ models, question, economics, sources }, results, out);
}

interface Side {
  readonly task: PricedTask;
  readonly source: string;
}

/** A model's prices and tokens. @param i place of the model among the options' pairs */
function sideOf(model: PricedModel, i: number, options: EconomicsOptions): Side {
  const value = (option: string, given: Pair | undefined, stated: number | undefined): number =>
    given?.[i] ?? stated ?? missing(model, option);
  const { prompt, cached, think } = options;
  return {
    source: model.source,
    task: {
      prices: {
        input: value("--input", options.input, model.input),
        output: value("--output", options.output, model.output),
        ...(cached > 0 && { cachedInput: value("--cached-input", options.cachedInput, model.cachedInput) }),
      },
      tokens: {
        prompt,
        cachedShare: cached,
        think: think[i]!,
        output: value("--output-tokens", options.outputTokens, model.taskTokens),
      },
    },
  };
}

function missing({ name, source }: PricedModel, option: string): never {
  throw new UsageError(`${option.slice(2)} of ${name} is not stated: give ${option} (table: ${source})`);
}
