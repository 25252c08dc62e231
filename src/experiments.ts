/** attnsim/experiments: experiments, and the studies, files and runs that they are made of. For Node. */

// an experiment and the four kinds of answers
export { experiment } from "./cli/experiment/experiment.ts";
export type { Answer, Experiment, ExperimentTitle } from "./cli/experiment/experiment.ts";
export { study } from "./cli/experiment/study.ts";
export type { StudyOptions } from "./cli/experiment/study.ts";
export { tables } from "./cli/experiment/tables.ts";
export type { TablesContext, TablesOptions } from "./cli/experiment/tables.ts";
export type { Findings } from "./cli/experiment/findings.ts";
export { times } from "./cli/experiment/times.ts";
export type { TimesOptions } from "./cli/experiment/times.ts";
export { trials } from "./cli/experiment/trials.ts";
export type { TrialContext, TrialsOptions } from "./cli/experiment/trials.ts";

// runs
export { loadPlugin } from "./runs/plugins.ts";
export { planOf } from "./runs/plan.ts";
export type { Plan } from "./runs/plan.ts";
export { runPlan } from "./runs/run.ts";
export type { RunSettings } from "./runs/run.ts";
export { unwatched } from "./runs/watch.ts";
export type { Watch } from "./runs/watch.ts";
export { writeTables } from "./runs/tables.ts";
export type { ResultTable } from "./runs/tables.ts";

// files
export { readCsv } from "./files/csv.ts";
export { articleClaims, modelScores, publishedScores } from "./files/published.ts";

// published trends
export { verdictOf } from "./studies/verdict.ts";
export { defineTrend } from "./studies/published/trend.ts";
export type { CurvePlace, Judgement, OwnValue, PublishedValue, Trend } from "./studies/published/trend.ts";

// the article
export { defineChapter } from "./studies/article/chapter.ts";
export type { Chapter, Evidence, Finding } from "./studies/article/chapter.ts";
export { levelDepartures, numericsDepartures } from "./studies/article/departures.ts";
export { numericsTables } from "./studies/article/evidence.ts";
export {
  claimOf,
  derivedFigure,
  derivedFinding,
  factsOf,
  leadElsewhere,
  leadOf,
  valuesOf,
} from "./studies/article/claims.ts";
export { accuracyFigure, barsFigure, pairsFigure } from "./studies/article/figure.ts";
export {
  gainText,
  listText,
  problemsText,
  publishedPercent,
  publishedText,
  scoreText,
  signedPoints,
} from "./studies/article/text.ts";
export {
  bytesText,
  cacheOf,
  onRack,
  rackSetting,
  readingSeconds,
  stepText,
  usersText,
} from "./studies/article/rack.ts";
export { longPrompt, taskCost } from "./studies/article/task-cost.ts";
export type { Economics } from "./studies/economics/result.ts";
export { breakEvenFigure } from "./studies/economics/figure.ts";
export { hiddenTokens } from "./studies/economics/bill.ts";

// the rules that judge
export { groupBy } from "./core/group.ts";
export { median } from "./core/stats.ts";
export {
  adviceVerdict,
  boundVerdict,
  compare,
  directionOf,
  disagrees,
  explains,
  explanationVerdict,
  fails,
  finds,
  isNear,
  leadVerdict,
  noiseVerdict,
  overlap,
  pairVerdict,
  planningVerdict,
  rackVerdict,
  reportedVerdict,
  standardError,
  thresholds,
  tradeOf,
  waitVerdict,
  windowVerdict,
  wordsAssumption,
  winsVerdict,
} from "./studies/rules.ts";

// conclusions at other margins
export { judgeMargins, marginSteps } from "./studies/margins/run.ts";
export type { MarginsQuestion } from "./studies/margins/run.ts";

// the article's question to another reader
export { articleReaderSteps, askArticleReader } from "./studies/article-reader/run.ts";
export type { ArticleReaderQuestion } from "./studies/article-reader/run.ts";

// attention and racks together
export { placementFindings, tokenTimeFindings, userFindings } from "./studies/racks/findings.ts";
export { coDesign } from "./studies/co-design/run.ts";
export type { CoDesignQuestion } from "./studies/co-design/question.ts";
