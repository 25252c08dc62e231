import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { numericPlan, numericScores } from "../studies/calibrate/numerics.ts";
import type { NumericDrawing } from "../studies/calibrate/numerics.ts";
import type { FittedReader } from "../studies/explain/from.ts";
import { bestOfGroups, changeReport, findingsOf } from "../studies/explain/report.ts";
import type { ChangeReport, ExplanationReport } from "../studies/explain/report.ts";
import { resolveReader } from "../reader/params.ts";
import { columnScores } from "../studies/calibrate/calibrate.ts";
import type { Target } from "../studies/calibrate/target.ts";
import { attentionCandidates, chosenCandidates, rivalCandidates } from "../studies/explain/candidates.ts";
import type { Candidate } from "../studies/explain/candidates.ts";
import { candidateCost } from "../studies/explain/cost.ts";
import type { CandidateCost, CostSetting } from "../studies/explain/cost.ts";
import { explain } from "../studies/explain/explain.ts";
import { watch } from "./print/watch.ts";
import { startProgress } from "./print/progress.ts";

interface Asked {
  readonly fitted: FittedReader;
  /** whose columns are to be explained */
  readonly model: string;
  readonly before: readonly Target[];
  readonly targets: readonly Target[];
  readonly trials: number;
  /** specs to try; every variant when absent */
  readonly variants?: readonly string[] | undefined;
  readonly rivals: boolean;
  readonly confirm: { readonly best: number } & Pick<NumericDrawing, "trials" | "mostTokens" | "engine">;
  readonly out: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
}

/** Ranks the changes with a progress bar, prices them, and runs full numerics of the best where asked. */
export async function explanation(asked: Asked, setting: CostSetting): Promise<ExplanationReport> {
  const { fitted, model, before, targets, trials, variants, rivals, confirm } = asked;
  const { variant, reader, seed } = fitted;
  const candidates = [
    ...(variants === undefined ? attentionCandidates(reader) : chosenCandidates(variants, reader)).filter(
      (candidate) => candidate.variant !== variant,
    ),
    ...(rivals ? rivalCandidates(variant, reader) : []),
  ];
  const base: Candidate = { name: variant, kind: "attention", group: variant, variant, reader };
  const steps = candidates.length + 1;
  const progress = startProgress(steps, steps, "changes");
  let found: ReturnType<typeof explain>;
  try {
    found = explain(base, candidates, targets, { trials, seed }, () => progress.advance(1));
  } finally {
    progress.stop();
  }
  const priced = (candidate: Candidate): CandidateCost | null => {
    try {
      return candidateCost(candidate.variant, resolveReader(candidate.reader).reads, setting);
    } catch (error) {
      // a model that cannot take the variant
      if (error instanceof UsageError) return null;
      throw error;
    }
  };
  const reports = [found.base, ...found.ranking].map((standing, rank) =>
    changeReport(standing, rank, targets, priced(standing.candidate)),
  );
  const [first, ...ranking] = reports as [ChangeReport, ...ChangeReport[]];
  const models = [fitted.model, model] as const;
  const confirmed = confirm.best > 0 ? [first, ...bestOfGroups(ranking).slice(0, confirm.best)] : [];
  const numerics = await numericErrors(confirmed, asked);
  const withNumerics = (report: ChangeReport): ChangeReport => ({
    ...report,
    numerics: numerics.get(report.change) ?? null,
  });
  const shown = ranking.map(withNumerics);
  return {
    ...{ models, tasks: fitted.tasks, seed },
    trials: { theory: trials, numerics: confirm.best > 0 ? confirm.trials : 0 },
    priced: { model: setting.model.name, tokens: setting.tokens, users: setting.users },
    base: withNumerics(first),
    ranking: shown,
    findings: findingsOf(
      models,
      first,
      shown,
      new Map(before.map(({ name, published }) => [name, published])),
    ),
  };
}

/** Mean errors of changes with full numerics, by their names. */
async function numericErrors(
  changes: readonly ChangeReport[],
  { fitted, targets, confirm, out, workers, threads }: Asked,
): Promise<Map<string, ChangeReport["numerics"]>> {
  if (changes.length === 0) return new Map();
  const drawings = changes.map(({ variant, reader }): NumericDrawing => ({
    ...{ variant, reader, seed: fitted.seed, engine: confirm.engine },
    ...{ trials: confirm.trials, mostTokens: confirm.mostTokens },
  }));
  const plan = numericPlan("explain", "Do the best changes hold with full numerics?", drawings, targets);
  const config = { changes: changes.map(({ change }) => change), engine: confirm.engine };
  const rows = await watch.trials(plan, { out: join(out, "numerics"), workers, threads, config });
  return new Map(
    changes.map(({ change }, i) => [
      change,
      columnScores(numericScores(rows, drawings[i]!, targets), targets, `explain/${confirm.engine}`).error,
    ]),
  );
}
