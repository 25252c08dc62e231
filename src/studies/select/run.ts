import { UsageError } from "../../core/errors.ts";
import { publishedScores } from "../../files/published.ts";
import { readPrices } from "../economics/prices.ts";
import { rankModels } from "./rank.ts";
import type { Demand, RankBy, RankedModel } from "./rank.ts";

export interface SelectOptions {
  readonly demand: Demand;
  readonly by: RankBy;
  /** price table in YAML; default: the article's */
  readonly prices?: string | undefined;
}

export interface SelectResult {
  readonly demand: Demand;
  readonly by: RankBy;
  readonly models: readonly RankedModel[];
}

/** Ranks the models of a price table for a demand. @throws UsageError for an unreadable or empty table */
export function runSelect({ demand, by, prices }: SelectOptions): SelectResult {
  const models = rankModels(readPrices(prices), publishedScores(), demand, by);
  if (models.length === 0) throw new UsageError(`${prices ?? "the price table"} has no models`);
  return { demand, by, models };
}
