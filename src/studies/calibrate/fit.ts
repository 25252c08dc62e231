import { UsageError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { minimise } from "../../core/simplex.ts";
import { mean } from "../../core/stats.ts";
import { readerParams } from "../../reader/params.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { intervalOf, drawTrials, resampledMeans, resamples } from "./sample.ts";
import type { Estimate, Scores } from "./sample.ts";
import type { Target } from "./target.ts";

/** A parameter that is fitted: where it is searched, in equal steps of a logarithm. */
interface Free {
  readonly low: number;
  readonly high: number;
  /** the search is over the logarithm of 1 - value */
  readonly complement?: true;
}

/** The reader's parameters that are fitted where they are not given. */
export const freeParams = {
  sharpness: { low: 1, high: 1.8 },
  fidelity: { low: 0.94, high: 0.998, complement: true },
  residualNoise: { low: 0.4, high: 1.6 },
} as const satisfies Readonly<Record<string, Free>>;

export type FreeName = keyof typeof freeParams;

/** Values of the fitted parameters. */
export type Point = Readonly<Partial<Record<FreeName, number>>>;

export interface FitOptions {
  /** simplexes, each from a start of its own */
  readonly starts: number;
  readonly seed: number;
  /** parameters to fit, at least one */
  readonly free: readonly FreeName[];
  /** after each evaluation of all columns */
  readonly onEvaluation?: () => void;
}

export interface Fit {
  readonly point: Point;
  readonly params: readonly (Estimate & { readonly name: FreeName })[];
  /** mean squared distance from the published scores, 0 to 1 */
  readonly loss: number;
  /** what each start came to */
  readonly starts: readonly { readonly point: Point; readonly loss: number }[];
  readonly evaluations: number;
}

/** Candidates that are drawn for each start; the best of all are started from. */
const candidates = 8;
/** Evaluations of a simplex, at most. */
const perStart = 40;
/** Points about the best one, which its intervals are taken from. */
const cloud = 60;

/** Evaluations that a fit takes, at most. */
export const mostEvaluations = ({ starts }: Pick<FitOptions, "starts">): number =>
  starts * (candidates + perStart) + perStart + cloud;

const unit = ({ low, high, complement }: Free, value: number): number => {
  const log = (x: number): number => Math.log(complement ? 1 - x : x);
  return (log(value) - log(low)) / (log(high) - log(low));
};

const fromUnit = ({ low, high, complement }: Free, at: number): number => {
  const [a, b] = complement ? [1 - low, 1 - high] : [low, high];
  const value = a * (b / a) ** at;
  return complement ? 1 - value : value;
};

/**
 * Fits parameters of the reader to published scores: the least mean squared distance over the targets.
 *
 * Every evaluation has the same trials, so that the loss is as smooth as a mean of scores can be. The best of
 * candidates drawn from the seed each start a simplex, the best of these a smaller one. A parameter's interval is that
 * of the best point, of all that were evaluated, over trials drawn again: no evaluation more, and no narrower than the
 * points lie apart.
 *
 * @param score scores of the targets' trials at a point
 * @param base where the search begins
 * @throws UsageError where nothing is left to fit or nothing to fit it to
 */
export function fitPoint(
  score: (point: Point) => Scores,
  targets: readonly Target[],
  base: Readonly<Record<FreeName, number>>,
  { starts, seed, free, onEvaluation }: FitOptions,
): Fit {
  if (free.length === 0)
    throw new UsageError(`nothing is left to fit; leave out one of ${Object.keys(freeParams).join(", ")}`);
  if (targets.length === 0) throw new UsageError("no columns are chosen to fit");
  const random = new Random(`${seed}/calibrate`);
  const tried: { at: readonly number[]; loss: number; scores: Scores }[] = [];
  const pointAt = (at: readonly number[]): Point =>
    Object.fromEntries(free.map((name, i) => [name, fromUnit(freeParams[name], inRange(at[i]!))]));
  const evaluate = (at: readonly number[]): number => {
    const scores = score(pointAt(at));
    onEvaluation?.();
    const loss = lossOf(
      scores.map((values) => mean(values)),
      targets,
    );
    tried.push({ at: at.map(inRange), loss, scores });
    // beyond the range, back to it
    return loss + at.reduce((sum, x) => sum + (x - inRange(x)) ** 2, 0);
  };
  const search = (at: readonly number[], edge: number): ReturnType<typeof minimise> =>
    minimise(evaluate, at, {
      step: at.map((x) => (x > 0.5 ? -edge : edge)),
      evaluations: perStart,
      tolerance: 0.08,
    });
  const byLoss = (a: { loss: number }, b: { loss: number }): number => a.loss - b.loss;

  evaluate(free.map((name) => unit(freeParams[name], base[name])));
  const drawing = random.fork("starts");
  for (let i = 1; i < starts * candidates; i++) evaluate(free.map(() => drawing.uniform()));
  const firsts = [...tried].sort(byLoss).slice(0, starts);
  const ends = firsts.map(({ at }) => search(at, 0.25));
  const best = ends.reduce((a, b) => (b.value < a.value ? b : a));
  search(best.at.map(inRange), 0.08);
  const spread = random.fork("cloud");
  const centre = [...tried].sort(byLoss)[0]!;
  for (let i = 0; i < cloud; i++) {
    const width = 0.02 * 2 ** (i % 4);
    evaluate(centre.at.map((x) => x + width * spread.normal()));
  }
  const found = [...tried].sort(byLoss)[0]!;
  const drawn = redrawn(
    tried.map(({ scores }) => scores),
    targets,
    random.fork("trials"),
  ).map((i) => pointAt(tried[i]!.at));
  const point = pointAt(found.at);
  return {
    point,
    params: free.map((name) => ({
      name,
      ...intervalOf(
        point[name]!,
        drawn.map((each) => each[name]!),
      ),
    })),
    loss: found.loss,
    starts: ends.map(({ at, value }) => ({ point: pointAt(at), loss: value })),
    evaluations: tried.length,
  };
}

/** Units that a parameter may lie outside its range of starts. */
const margin = 0.5;

const inRange = (at: number): number => Math.min(1 + margin, Math.max(-margin, at));

const lossOf = (means: readonly number[], targets: readonly Target[]): number =>
  mean(means.map((value, i) => (value - targets[i]!.published) ** 2));

/** The evaluation of least loss for each drawing of the trials. */
function redrawn(all: readonly Scores[], targets: readonly Target[], random: Random): number[] {
  return Array.from({ length: resamples }, () => {
    const draw = drawTrials(all[0]!, random);
    const losses = all.map((scores) => lossOf(resampledMeans(scores, draw), targets));
    return losses.indexOf(Math.min(...losses));
  });
}

/** The fitted parameters of a reader, rounded as a command line would have them. */
export const roundedPoint = (point: Point): Point =>
  Object.fromEntries(Object.entries(point).map(([name, value]) => [name, Number(value.toPrecision(4))]));

/** Names of the fitted parameters that are not given. */
export const freeOf = (given: Readonly<Partial<ReaderParams>>): FreeName[] =>
  (Object.keys(freeParams) as FreeName[]).filter((name) => given[name] === undefined);

/** What a fit starts from: what is given, and the defaults. */
export const baseOf = (given: Readonly<Partial<ReaderParams>>): Record<FreeName, number> => ({
  sharpness: given.sharpness ?? readerParams.sharpness.default,
  fidelity: given.fidelity ?? readerParams.fidelity.default,
  residualNoise: given.residualNoise ?? readerParams.residualNoise.default,
});
