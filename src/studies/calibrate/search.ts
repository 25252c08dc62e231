import { UsageError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { minimise } from "../../core/simplex.ts";
import { estimateOf, mean } from "../../core/stats.ts";
import type { Estimate } from "../../core/stats.ts";
import { readerParams } from "../../reader/params.ts";
import { lossOf } from "./loss.ts";
import { drawTrials, resampledMeans, resamples } from "./sample.ts";
import type { Scores } from "./sample.ts";
import type { GivenReader } from "./scores.ts";
import type { TargetColumn } from "./target.ts";

/** Range of a fitted parameter. The search takes equal steps of a logarithm. */
interface FreeRange {
  readonly low: number;
  readonly high: number;
  /** true: the search takes the logarithm of 1 - value */
  readonly complement?: true;
}

/** Reader parameters that are fitted unless they are given. */
export const freeParams = {
  sharpness: { low: 1, high: 1.8 },
  fidelity: { low: 0.94, high: 0.998, complement: true },
  residualNoise: { low: 0.4, high: 1.6 },
} as const satisfies Readonly<Record<string, FreeRange>>;

export type FreeName = keyof typeof freeParams;

/** Values of fitted parameters. */
export type FitPoint = Readonly<Partial<Record<FreeName, number>>>;

export interface SearchOptions {
  /** scores of the targets' trials at a point; the trials are the same at every point */
  readonly scoresAt: (point: FitPoint) => Scores;
  readonly targets: readonly TargetColumn[];
  /** point of the first evaluation */
  readonly from: Readonly<Record<FreeName, number>>;
  /** parameters to fit, at least one */
  readonly free: readonly FreeName[];
  /** number of starting points, each with its own simplex */
  readonly starts: number;
  readonly seed: number;
  /** called after each evaluation of all targets */
  readonly onEvaluation?: (() => void) | undefined;
}

/** The point of least loss, and the course of the search. */
export interface Search {
  readonly point: FitPoint;
  readonly params: readonly (Estimate & { readonly name: FreeName })[];
  /** mean squared distance from the published scores, 0 to 1 */
  readonly loss: number;
  /** end of each simplex */
  readonly starts: readonly { readonly point: FitPoint; readonly loss: number }[];
  readonly evaluations: number;
}

/** An evaluated point, in units of the ranges. */
interface Evaluation {
  readonly at: readonly number[];
  readonly loss: number;
  readonly scores: Scores;
}

/** Points drawn for each start. The best of all points become the starts. */
const candidates = 8;
/** Most evaluations of a simplex. */
const perStart = 40;
/** Points drawn around the best one for its intervals. */
const cloud = 60;

/** Most evaluations of a search. */
export const mostEvaluations = ({ starts }: Pick<SearchOptions, "starts">): number =>
  starts * (candidates + perStart) + perStart + cloud;

/**
 * Finds the reader parameters of least loss over the targets.
 *
 * Every evaluation uses the same trials, so the loss is as smooth as a mean of scores can be. Random candidates come
 * first; the best of them each start a simplex, and the best end starts a smaller one. The interval of a parameter comes
 * from drawing the trials again and taking the best of all evaluated points each time: it needs no further evaluation,
 * and it is never narrower than the distance between points.
 *
 * @throws UsageError when no parameter or no target is left to fit
 */
export function searchPoint(options: SearchOptions): Search {
  const { scoresAt, targets, from, free, starts, seed, onEvaluation } = options;
  if (free.length === 0)
    throw new UsageError(`nothing is left to fit; leave out one of ${Object.keys(freeParams).join(", ")}`);
  if (targets.length === 0) throw new UsageError("no columns are chosen to fit");
  const random = new Random(`${seed}/calibrate`);
  const tried: Evaluation[] = [];
  const pointAt = (at: readonly number[]): FitPoint =>
    Object.fromEntries(free.map((name, i) => [name, fromUnit(freeParams[name], inRange(at[i]!))]));
  const evaluate = (at: readonly number[]): number => {
    const scores = scoresAt(pointAt(at));
    onEvaluation?.();
    const loss = lossOf(
      scores.map((values) => mean(values)),
      targets,
    );
    tried.push({ at: at.map(inRange), loss, scores });
    // a point beyond the range is pulled back to it
    return loss + at.reduce((sum, x) => sum + (x - inRange(x)) ** 2, 0);
  };
  const simplex = (at: readonly number[], edge: number): ReturnType<typeof minimise> =>
    minimise(evaluate, at, {
      step: at.map((x) => (x > 0.5 ? -edge : edge)),
      evaluations: perStart,
      tolerance: 0.08,
    });

  evaluate(free.map((name) => toUnit(freeParams[name], from[name])));
  const drawing = random.fork("starts");
  for (let i = 1; i < starts * candidates; i++) evaluate(free.map(() => drawing.uniform()));
  const firsts = [...tried].sort(byLoss).slice(0, starts);
  const ends = firsts.map(({ at }) => simplex(at, 0.25));
  const best = ends.reduce((a, b) => (b.value < a.value ? b : a));
  simplex(best.at.map(inRange), 0.08);
  const spread = random.fork("cloud");
  const centre = [...tried].sort(byLoss)[0]!;
  for (let i = 0; i < cloud; i++) {
    const width = 0.02 * 2 ** (i % 4);
    evaluate(centre.at.map((x) => x + width * spread.normal()));
  }

  const found = [...tried].sort(byLoss)[0]!;
  const drawn = bestOfDraws(tried, targets, random.fork("trials")).map(({ at }) => pointAt(at));
  const point = pointAt(found.at);
  return {
    point,
    params: free.map((name) => ({
      name,
      ...estimateOf(
        point[name]!,
        drawn.map((each) => each[name]!),
      ),
    })),
    loss: found.loss,
    starts: ends.map(({ at, value }) => ({ point: pointAt(at), loss: value })),
    evaluations: tried.length,
  };
}

const byLoss = (a: Evaluation, b: Evaluation): number => a.loss - b.loss;

const logOf = ({ complement }: FreeRange, value: number): number => Math.log(complement ? 1 - value : value);

/** Place of a value in its range, 0 to 1. */
const toUnit = (range: FreeRange, value: number): number => {
  const [low, high] = [logOf(range, range.low), logOf(range, range.high)];
  return (logOf(range, value) - low) / (high - low);
};

const fromUnit = ({ low, high, complement }: FreeRange, at: number): number => {
  const [a, b] = complement ? [1 - low, 1 - high] : [low, high];
  const value = a * (b / a) ** at;
  return complement ? 1 - value : value;
};

/** Distance that a simplex may go beyond the range of starts, in units of the range. */
const margin = 0.5;

const inRange = (at: number): number => Math.min(1 + margin, Math.max(-margin, at));

/** The evaluation of least loss for each bootstrap draw of the trials. */
function bestOfDraws(
  tried: readonly Evaluation[],
  targets: readonly TargetColumn[],
  random: Random,
): Evaluation[] {
  return Array.from({ length: resamples }, () => {
    const draw = drawTrials(tried[0]!.scores, random);
    const losses = tried.map(({ scores }) => lossOf(resampledMeans(scores, draw), targets));
    return tried[losses.indexOf(Math.min(...losses))]!;
  });
}

/** A point with four significant digits, as a command line gives parameters. */
export const roundedPoint = (point: FitPoint): FitPoint =>
  Object.fromEntries(Object.entries(point).map(([name, value]) => [name, Number(value.toPrecision(4))]));

/** Names of the fitted parameters that are not given. */
export const freeOf = (given: GivenReader): FreeName[] =>
  (Object.keys(freeParams) as FreeName[]).filter((name) => given[name] === undefined);

/** Given values of the fitted parameters, and defaults for the others. */
export const defaultsOf = (given: GivenReader): Record<FreeName, number> => ({
  sharpness: given.sharpness ?? readerParams.sharpness.default,
  fidelity: given.fidelity ?? readerParams.fidelity.default,
  residualNoise: given.residualNoise ?? readerParams.residualNoise.default,
});
