import { canonicalSpec, parseSpec } from "../../attention/spec.ts";
import { UsageError } from "../../core/errors.ts";
import { groupBy } from "../../core/group.ts";
import { priceVariant } from "../../deployment/variant-price.ts";
import { readResults } from "../../files/rows.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import type { Results } from "../../runs/tables.ts";
import type { TrialRow } from "../../trial/columns.ts";
import type { Watch } from "../../runs/watch.ts";
import { divisionsFor, gpuHourPrice, rackSettings } from "../racks/settings.ts";
import type { RackQuestion } from "../racks/settings.ts";
import { frontierFigure } from "./figure.ts";
import { frontierPoints } from "./result.ts";
import type { FrontierPoint } from "./result.ts";
import { meanFieldRows, scoresAt } from "./scores.ts";
import type { MeanFieldTrials } from "./scores.ts";
import { frontierTable } from "./tables.ts";

/** Source of scores: a results file, or the mean field. */
export type ScoreSource = { readonly file: string } | { readonly meanField: MeanFieldTrials };

export interface FrontierOptions {
  readonly scores: ScoreSource;
  /** context; default: the longest of the scores */
  readonly tokens?: number | undefined;
  /** systems, models, and the variants to keep; default: all variants that have scores */
  readonly racks: Omit<RackQuestion, "context">;
  /** requests, whose prompts have the context's length */
  readonly requests: Omit<Workload, "inputTokens">;
  /** users who share the system, for TPOT */
  readonly users: number;
  /** longest time of a token, for prices, s */
  readonly tpotLimit: number;
  /** price of a GPU-hour in USD; default: the system's rental */
  readonly price?: number | undefined;
}

export interface FrontierResult {
  readonly points: readonly FrontierPoint[];
  readonly workload: Workload;
  /** tokens of the context */
  readonly tokens: number;
}

/**
 * Sets the scores of variants beside their prices on each system with each model.
 *
 * @throws UsageError for an unknown name, and when no row has a score at the context
 */
export async function runFrontier(options: FrontierOptions, watch: Watch): Promise<FrontierResult> {
  const { racks, users, tpotLimit, price } = options;
  const { tokens, scores } = scoresAt(await rowsOf(options), options.tokens);
  const workload = { ...options.requests, inputTokens: tokens };
  const scoreOf = new Map(scores.map((score) => [parseSpec(score.variant).text, score]));
  const settings = rackSettings({ ...racks, variant: [...scoreOf.keys()], context: [tokens] });
  const priced = watch.steps(settings.length, "variants", (onStep) =>
    settings.map((setting) => {
      const divisions = {
        prefill: divisionsFor(setting, "prefill", undefined),
        decode: divisionsFor(setting, "decode", undefined),
      };
      const dollarsPerGpuHour = gpuHourPrice(setting.system, price);
      const point = {
        ...scoreOf.get(setting.names.variant)!,
        system: setting.names.system,
        model: setting.names.model,
        tokens,
        ...priceVariant({ divisions, workload, users, tpotLimit, dollarsPerGpuHour }),
      };
      onStep();
      return point;
    }),
  );
  const byRack = groupBy(priced, ({ system, model }) => JSON.stringify([system, model]));
  return { points: [...byRack.values()].flatMap(frontierPoints), workload, tokens };
}

async function rowsOf({ scores, racks: { variant } }: FrontierOptions): Promise<TrialRow[]> {
  if ("meanField" in scores) return meanFieldRows(scores.meanField);
  const rows = await readResults(scores.file);
  if (variant === undefined) return rows;
  const wanted = new Set(variant.map((text) => parseSpec(text).text));
  const own = groupBy(rows, (row) => canonicalSpec(row.variant));
  for (const text of wanted)
    if (!own.has(text))
      throw new UsageError(`${scores.file} has no rows of ${text}; it has ${[...own.keys()].join(", ")}`);
  return [...wanted].flatMap((text) => own.get(text)!);
}

/** The CSV and the figure of points on one system with one model. */
export const frontierResults = (
  points: readonly FrontierPoint[],
  config: FrontierOptions,
  assumptions: readonly string[],
): Results => ({
  name: "frontier",
  question: "Which variants are no worse than any other in both accuracy and cost?",
  tables: [frontierTable(points)],
  figures: { frontier: frontierFigure(points) },
  manifest: { config, assumptions },
});
