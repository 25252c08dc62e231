/**
 * The rules that judge: from numbers to a verdict or to a word. Sentences of reports are chosen by what these return, and
 * `ruleTexts` says them to the reader with their thresholds.
 */
import type { Interval } from "../core/stats.ts";
import { formatPercent, formatShare } from "../core/units.ts";

/** Verdicts on claims, those that disagree with the claim first. */
export const claimVerdicts = [
  "contradicted",
  "unsupported",
  "plausible",
  "arithmetic holds",
  "reported elsewhere",
  "out of reach",
] as const;

export type ClaimVerdict = (typeof claimVerdicts)[number];

/** Verdicts that disagree with a claim. */
export const disagrees = (verdict: ClaimVerdict): boolean =>
  verdict === "contradicted" || verdict === "unsupported";

export const thresholds = {
  /** relative difference up to which two sizes or times count as alike: the median error of fitted kernels */
  alike: 0.1,
  /** share of a published gain that a simulated gain must reach to explain it */
  explains: 0.5,
  /** difference of two scores up to which they are near */
  near: 0.1,
  /** share of a quantity that must fit into a wait to account for it */
  accounts: 0.5,
  /** score from which a search finds most of the nodes */
  finds: 0.75,
  /** score below which a variant fails */
  fails: 0.1,
  /** pages other than the article that must say the same */
  pages: 2,
  /** standard errors within which a difference is noise: 95% of a normal distribution */
  noise: 1.96,
} as const;

/** How a number stands to another: alike if they differ by no more than the tolerance. */
export type Comparison = "less" | "alike" | "more";

/** Compares two positive numbers by their ratio. Zero is alike to zero alone. */
export function compare(value: number, reference: number, tolerance: number = thresholds.alike): Comparison {
  if (value > reference * (1 + tolerance)) return "more";
  return value < reference * (1 - tolerance) ? "less" : "alike";
}

/** Direction of a change of paired scores: unclear if its interval holds 0. */
export function directionOf({ low, high }: Interval): "rises" | "falls" | "unclear" {
  if (low > 0) return "rises";
  return high < 0 ? "falls" : "unclear";
}

/** True if two intervals share a value. The data then do not tell their means apart. */
export const overlap = (a: Interval, b: Interval): boolean => a.low <= b.high && b.low <= a.high;

/** True if two scores are near each other. */
export const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= thresholds.near;

/** True if a simulated gain explains a published one: its whole interval is above 0, and it is at least half as large. */
export const explains = (gain: Interval & { readonly mean: number }, published: number): boolean =>
  directionOf(gain) === "rises" && gain.mean >= thresholds.explains * published;

/** True if a mean score finds most of the answer. */
export const finds = (score: number): boolean => score >= thresholds.finds;

/** True if a mean score fails. */
export const fails = (score: number): boolean => score < thresholds.fails;

/** A figure that follows from two numbers, with the digits that the article prints. */
export const derivedVerdict = (ours: string, printed: string): ClaimVerdict =>
  ours === printed ? "arithmetic holds" : "contradicted";

/** A lead of one model over another: other pages may give scores by which the other model leads. */
export function leadVerdict(ours: string, printed: string, elsewhere: number | undefined): ClaimVerdict {
  const derived = derivedVerdict(ours, printed);
  return derived === "arithmetic holds" && elsewhere !== undefined && elsewhere < 0 ? "unsupported" : derived;
}

/** A pair of scores as a comparison: both must be of one metric. */
export const pairVerdict = (before: string, after: string): ClaimVerdict =>
  before === after ? "arithmetic holds" : "contradicted";

/** Wins among a number of comparisons. */
export interface WinCount {
  readonly wins: number;
  readonly of: number;
}

/** Wins as claimed, as the article's own list gives them, and with scores of other pages. */
export function winsVerdict(claimed: WinCount, own: WinCount, withOthers: WinCount): ClaimVerdict {
  const isSame = (count: WinCount): boolean => count.wins === claimed.wins && count.of === claimed.of;
  if (isSame(own)) return "arithmetic holds";
  return isSame(withOthers) ? "unsupported" : "contradicted";
}

/** A difference of two shares in percent, each of `tasks` tasks, that is claimed to be noise. */
export function noiseVerdict(before: number, after: number, tasks: number): ClaimVerdict {
  return Math.abs(after - before) < thresholds.noise * standardError(before, after, tasks)
    ? "arithmetic holds"
    : "contradicted";
}

/** Standard error of the difference of two shares in percent. */
export const standardError = (before: number, after: number, tasks: number): number =>
  Math.sqrt((before * (100 - before) + after * (100 - after)) / tasks);

/** A fact that other pages state: the number that say the same, and that say otherwise. */
export function reportedVerdict(same: number, otherwise: number): ClaimVerdict {
  if (otherwise > same) return "contradicted";
  return same >= thresholds.pages && same > otherwise ? "reported elsewhere" : "out of reach";
}

/** A change of attention as the cause of a published gain. Errors are mean distances from the later model's scores. */
export interface Explanation {
  /** change of the simulated score on the same problems */
  readonly gain: Interval & { readonly mean: number };
  /** published gain */
  readonly published: number;
  readonly unchangedError: number;
  readonly changedError: number;
}

export function explanationVerdict({
  gain,
  published,
  unchangedError,
  changedError,
}: Explanation): ClaimVerdict {
  if (gain.high <= 0 || changedError >= unchangedError) return "contradicted";
  return explains(gain, published) ? "plausible" : "unsupported";
}

/** Changes from dense attention to another attention on a rack. */
export interface RackTrade {
  /** change of the score on the same problems */
  readonly gain: Interval;
  /** times of a decode step */
  readonly step: number;
  readonly denseStep: number;
  /** users whose caches fit the rack */
  readonly users: number;
  readonly denseUsers: number;
}

/** The three things that an attention shaped to a rack would do. */
export const tradeOf = ({ gain, step, denseStep, users, denseUsers }: RackTrade) => ({
  findsMore: directionOf(gain) === "rises",
  isFaster: compare(step, denseStep) === "less",
  holdsAsMany: users >= denseUsers,
});

/** Attentions on racks: one that does all three things shows that the hardware can be turned into accuracy. */
export function rackVerdict(trades: readonly RackTrade[]): ClaimVerdict {
  const found = trades.map(tradeOf);
  if (found.some(({ findsMore, isFaster, holdsAsMany }) => findsMore && isFaster && holdsAsMany))
    return "plausible";
  return found.some(({ findsMore }) => findsMore) ? "unsupported" : "contradicted";
}

/** Planning before the answer as the cause of shorter answers: tokens that fit the wait, and tokens saved. */
export function planningVerdict(gain: Interval, room: number, saved: number): ClaimVerdict {
  if (room >= thresholds.accounts * saved) return "plausible";
  return directionOf(gain) === "rises" ? "unsupported" : "contradicted";
}

/** A context window: users of a full window that each rack holds. */
export const windowVerdict = (users: readonly number[]): ClaimVerdict =>
  users.every((count) => count > 0) ? "plausible" : "contradicted";

/** A bound on the gains of a kind of training: one larger gain of that kind contradicts it, and no number proves it. */
export const boundVerdict = (gains: readonly number[], bound: number): ClaimVerdict =>
  Math.max(...gains) > bound ? "contradicted" : "out of reach";

/** Advice by the numbers that speak for it (above 0) and against it. */
export function adviceVerdict(leads: readonly number[]): ClaimVerdict {
  const favourable = leads.filter((lead) => lead > 0).length;
  if (favourable === leads.length) return "arithmetic holds";
  return favourable === 0 ? "contradicted" : "unsupported";
}

/** A promised wait for the first word, where the prompt alone takes a time to read. */
export const waitVerdict = (promised: number, reading: number): ClaimVerdict =>
  reading <= promised ? "plausible" : "unsupported";

/** The words of findings about racks: an assumption that each of them states. */
export const wordsAssumption = `times and bytes within ${formatPercent(thresholds.alike)} of each other are as long and alike, the error of fitted kernels; of users one more is more`;

/** The rules in words, for the reader of a report. */
export const ruleTexts: readonly string[] = [
  "A derived figure: its arithmetic holds if the article's two numbers give it to the digits that are printed; else it is contradicted. That says nothing about the two numbers.",
  "A lead of one model over another: the same, and unsupported if the scores of another page turn it around.",
  "A pair of scores: contradicted if they are of two metrics.",
  "A count of wins: its arithmetic holds if the article's list gives it; unsupported if only scores from another page complete it; else contradicted.",
  `A loss that is called noise: the arithmetic holds if it is within ${thresholds.noise} standard errors of the difference of two shares of the benchmark's tasks.`,
  `A fact about a vendor: reported elsewhere if at least ${thresholds.pages} other pages say the same and fewer say otherwise; contradicted if more say otherwise. What only the vendor can know is out of reach, whoever repeats it.`,
  `A cause of a published gain: plausible if the simulated gain on the same problems is above 0 with its whole interval and at least ${formatPercent(thresholds.explains)} of the published gain, and the change brings the scores nearer to the later model's; contradicted if it brings them no nearer or gains nothing; else unsupported.`,
  `An attention shaped to a rack: plausible if one attention finds more than dense attention with its whole interval, takes a step more than ${formatPercent(thresholds.alike)} shorter, and lets at least as many users fit; contradicted if none finds more; else unsupported.`,
  `Planning that replaces output: plausible if the wait has room for at least ${formatPercent(thresholds.accounts)} of the tokens saved; else unsupported if more reads find more, and contradicted if they do not.`,
  "A context window: plausible if at least one user of a full window fits each rack.",
  "A bound on what a kind of training gains: contradicted by one larger gain; otherwise out of reach.",
  "Advice: its arithmetic holds if all published numbers speak for it, contradicted if none does, else unsupported. A promised wait is plausible if a long prompt is read within it.",
  `Sizes and times within ${formatPercent(thresholds.alike)} of each other are called alike, scores within ${formatShare(thresholds.near)} near. A score of at least ${formatShare(thresholds.finds)} finds most of what was asked; one below ${formatShare(thresholds.fails)} fails. Scores differ if the 95% interval of their difference on the same problems does not hold 0.`,
];
