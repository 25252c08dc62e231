import { join } from "node:path";
import type { KvDtype } from "../../core/dtype.ts";
import { UsageError } from "../../core/errors.ts";
import type { Estimate } from "../../core/stats.ts";
import { modelOf, systemOf } from "../../files/machines.ts";
import { publishedScores } from "../../files/published.ts";
import { resolveReader } from "../../reader/params.ts";
import { claimFolder } from "../../runs/claim.ts";
import { planOf } from "../../runs/plan.ts";
import type { Watch } from "../../runs/watch.ts";
import { numericScores, numericTrials } from "../calibrate/numerics.ts";
import type { NumericTrials } from "../calibrate/numerics.ts";
import { columnScores } from "../calibrate/scores.ts";
import { targetsOf } from "../calibrate/target.ts";
import type { TargetColumn } from "../calibrate/target.ts";
import { finishStudy } from "../study.ts";
import type { Study } from "../study.ts";
import { baseCandidate, candidatesOf } from "./candidates.ts";
import { candidateCost } from "./cost.ts";
import type { CandidateCost, CostSetting } from "./cost.ts";
import { explanationFigure } from "./figure.ts";
import { readFitted } from "./fitted.ts";
import { findingsOf } from "./report.ts";
import { bestOfGroups, changeResult } from "./result.ts";
import type { ChangeResult, ExplanationResult } from "./result.ts";
import { rankCandidates } from "./standings.ts";
import { explanationTables } from "./tables.ts";

const name = "explain";

export interface ExplainOptions {
  /** calibration.json of the fitted reader */
  readonly from: string;
  /** model whose published scores are explained */
  readonly model: string;
  /** variant specs to try; default: every variant */
  readonly variant?: readonly string[] | undefined;
  /** true: changes of other things than attention are tried too */
  readonly rivals: boolean;
  /** mean-field trials of each column */
  readonly trials: number;
  /** number of the best changes that full numerics confirm, beside the unchanged reader; 0 for none */
  readonly confirm: number;
  /** trials of each column with full numerics */
  readonly confirmTrials: number;
  /** most tokens of a column's trials; three trials always run */
  readonly confirmTokens: number;
  /** model for prices: a name or a file */
  readonly priced: string;
  /** racks that it is priced on, names or files; default: GB200 and GB300 */
  readonly system?: readonly string[] | undefined;
  /** tokens of each user */
  readonly context: number;
  /** users of a rack */
  readonly users: number;
  /** formats of the weights; default: as shipped in 4 bits, or the smallest that each GPU multiplies */
  readonly weights?: string | undefined;
  readonly kvDtype: KvDtype;
  readonly engine: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  /** folder of the results */
  readonly out: string;
  /** overwrite results of another question, and edited results */
  readonly force?: boolean | undefined;
}

/**
 * Ranks single changes of a fitted reader by their distance from another model's published scores, prices them, confirms
 * the best with full numerics, and writes the results.
 *
 * @throws UsageError for an unknown name, a file without a fitted reader, and when no change is left to try; Unfinished when
 *   numeric trials are missing
 */
export async function runExplain(options: ExplainOptions, watch: Watch): Promise<Study<ExplanationResult>> {
  const { model, trials, confirm, confirmTrials, out } = options;
  const fitted = readFitted(options.from);
  const { seed } = fitted;
  const columnsOf = (of: string): TargetColumn[] => targetsOf(publishedScores(), of, fitted.tasks);
  const [before, targets] = [columnsOf(fitted.model), columnsOf(model)];
  const setting = settingOf(options);
  const config = configOf(options);
  claimFolder(out, { name, config, force: options.force });
  const candidates = candidatesOf(fitted, { specs: options.variant, rivals: options.rivals });
  if (candidates.length === 0) throw new UsageError("no change is left to try");
  const standings = watch.steps(candidates.length + 1, "changes", (onCandidate) =>
    rankCandidates({ base: baseCandidate(fitted), candidates, trials, seed, onCandidate }, targets),
  );
  const [base, ...ranking] = [standings.base, ...standings.ranking].map((standing, rank) => ({
    ...changeResult(standing, rank, targets),
    cost: costOf(standing.candidate, setting),
  })) as [ChangeResult, ...ChangeResult[]];
  const best = confirm > 0 ? [base, ...bestOfGroups(ranking).slice(0, confirm)] : [];
  const numerics = await numericErrors(best, targets, { ...options, seed }, watch);
  const withNumerics = (change: ChangeResult): ChangeResult => ({
    ...change,
    numerics: numerics.get(change.change) ?? null,
  });
  const found = {
    models: [fitted.model, model] as const,
    tasks: fitted.tasks,
    seed,
    trials: { meanField: trials, numerics: confirm > 0 ? confirmTrials : 0 },
    priced: {
      model: setting.model.name,
      tokens: setting.tokens,
      longest: setting.model.context?.value ?? null,
      users: setting.users,
    },
    base: withNumerics(base),
    ranking: ranking.map(withNumerics),
  };
  const result: ExplanationResult = { ...found, findings: findingsOf(found, before) };
  const results = {
    name,
    question: `Which single change moves ${fitted.model}'s scores to ${model}'s, and what does it cost?`,
    tables: explanationTables([result.base, ...result.ranking]),
    figures: { [name]: explanationFigure(result, [before, targets]) },
    manifest: { config, fitted, model, seed, trials: result.trials, priced: result.priced },
  };
  return finishStudy(result, results, out);
}

/** Options that the ranking depends on. */
const configOf = ({ from, model, variant, rivals, trials, priced, system, ...options }: ExplainOptions) => {
  const { context, users, weights, kvDtype } = options;
  return { from, model, variant, rivals, trials, priced, system, context, users, weights, kvDtype };
};

const settingOf = (options: ExplainOptions): CostSetting => ({
  model: modelOf(options.priced),
  systems: (options.system ?? ["gb200-nvl72", "gb300-nvl72"]).map(systemOf),
  weights: options.weights,
  kvDtype: options.kvDtype,
  tokens: options.context,
  users: options.users,
});

/** Cost of a candidate; null if the model cannot take its variant. */
function costOf(
  { variant, reader }: Pick<ChangeResult, "variant" | "reader">,
  setting: CostSetting,
): CandidateCost | null {
  try {
    return candidateCost(variant, resolveReader(reader).reads, setting);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** Mean errors of changes with full numerics, by the names of the changes. */
async function numericErrors(
  changes: readonly ChangeResult[],
  targets: readonly TargetColumn[],
  options: ExplainOptions & { readonly seed: number },
  watch: Watch,
): Promise<Map<string, Estimate | null>> {
  if (changes.length === 0) return new Map();
  const { engine, seed, workers, threads, out } = options;
  const readers = changes.map(({ variant, reader }): NumericTrials => ({
    variant,
    reader,
    seed,
    engine,
    trials: options.confirmTrials,
    mostTokens: options.confirmTokens,
  }));
  const plan = planOf(name, "Do the best changes hold with full numerics?", numericTrials(readers, targets));
  const config = { changes: changes.map(({ change }) => change), engine };
  const rows = await watch.trials(plan, {
    out: join(out, "numerics"),
    workers,
    threads,
    config,
    // the folder is this study's, whatever was confirmed before
    force: true,
  });
  return new Map(
    changes.map(({ change }, i) => [
      change,
      columnScores(numericScores(rows, readers[i]!, targets), targets, `explain/${engine}`).error,
    ]),
  );
}
