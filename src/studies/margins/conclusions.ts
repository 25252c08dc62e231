import { estimateDifference, estimateScore } from "../../core/stats.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import { thresholds } from "../rules.ts";
import type { MarginCell, MarginScores, MarginTask } from "./scores.ts";

/** Verdict of a reader on a conclusion. `undecided`: an interval lies on both sides. `empty`: nothing is found to compare. */
export const marginVerdicts = ["holds", "fails", "undecided", "empty"] as const;

export type MarginVerdict = (typeof marginVerdicts)[number];

/** A number with its interval, and the bounds between which a conclusion says that it lies. */
export interface BoundedNumber {
  readonly estimate: MeanEstimate;
  readonly above: number;
  readonly below: number;
}

/** A conclusion about accuracy, in words that hold no numbers of one reader. */
export interface MarginConclusion {
  readonly name: string;
  readonly text: string;
  /** The numbers that carry it. It holds where all do. */
  readonly numbers: (scores: MarginScores) => readonly BoundedNumber[];
  /** The score without which the conclusion compares nothing; a mean below the threshold of failing makes it empty. */
  readonly ground?: (scores: MarginScores) => MeanEstimate;
}

const above = (estimate: MeanEstimate, bound = 0): BoundedNumber => ({
  estimate,
  above: bound,
  below: Infinity,
});
const below = (estimate: MeanEstimate, bound = 0): BoundedNumber => ({
  estimate,
  above: -Infinity,
  below: bound,
});
const within = (estimate: MeanEstimate, bound: number): BoundedNumber => ({
  estimate,
  above: -bound,
  below: bound,
});

const search = (variant: string, tokens: string, reads = 1): MarginCell => ({
  task: "searches",
  variant,
  tokens,
  reads,
});
const request = (variant: string, tokens: string): MarginCell => ({ task: "requests", variant, tokens });

/** Searches and whole requests at 1M tokens, whose mean the families are ranked by. */
const both: readonly MarginTask[] = ["searches", "whole requests"];

/** Means over both tasks, problem by problem, at 1M tokens. */
function overBoth(scores: MarginScores, variant: string): number[] {
  const [first, second] = both.map((task) => scores.of({ task, variant, tokens: "1M" })) as [
    readonly number[],
    readonly number[],
  ];
  return first.map((score, i) => (score + second[i]!) / 2);
}

const scoreOverBoth = (scores: MarginScores, variant: string): MeanEstimate =>
  estimateScore(overBoth(scores, variant))!;

function gainOverBoth(scores: MarginScores, variant: string): MeanEstimate {
  const dense = overBoth(scores, "dense");
  return estimateDifference(overBoth(scores, variant).map((score, i) => score - dense[i]!))!;
}

/** A cell scores more than another, and finds something. */
const beats = (scores: MarginScores, cell: MarginCell, other: MarginCell): readonly BoundedNumber[] => [
  above(scores.difference(cell, other)),
  above(scores.mean(cell), thresholds.fails),
];

/** Score that variants which drop tokens stay below: as in the findings of length-sweep. */
const lost = 0.2;

const selecting = ["dsa", "nsa", "infllm-v2", "msa"];
const losing = ["sink-window", "duo", "snapkv", "keydiff", "infini", "gated-deltanet", "kda", "log-linear"];
const plans = ["gemma-3", "kimi-linear"];

/** The conclusions about accuracy of README.md and docs/results.md that the mean field can ask for. */
export const marginConclusions: readonly MarginConclusion[] = [
  {
    name: "dense-loses-searches",
    text: "Dense attention scores less on searches of 1M tokens than of 256K",
    numbers: (s) => [below(s.difference(search("dense", "1M"), search("dense", "256K")))],
    ground: (s) => s.mean(search("dense", "256K")),
  },
  {
    name: "nsa-beats-dense",
    text: "NSA scores more than dense attention on searches of 1M tokens",
    numbers: (s) => beats(s, search("nsa", "1M"), search("dense", "1M")),
  },
  {
    name: "dsa-beats-dense",
    text: "DSA scores more than dense attention on searches of 1M tokens",
    numbers: (s) => beats(s, search("dsa", "1M"), search("dense", "1M")),
  },
  {
    name: "few-tokens-suffice",
    text: `DSA with 1,024 tokens is within ${thresholds.near} of dense attention, or above it, on searches of 256K tokens`,
    numbers: (s) => [
      above(s.difference(search("dsa(k=1024)", "256K"), search("dense", "256K")), -thresholds.near),
    ],
    ground: (s) => s.mean(search("dense", "256K")),
  },
  {
    name: "dense-loses-requests",
    text: "Dense attention scores less on eight identical requests in 256K tokens than in 64K",
    numbers: (s) => [below(s.difference(request("dense", "256K"), request("dense", "64K")))],
    ground: (s) => s.mean(request("dense", "64K")),
  },
  {
    name: "dsa-beats-dense-on-requests",
    text: "DSA scores more than dense attention on eight identical requests in 256K tokens",
    numbers: (s) => beats(s, request("dsa", "256K"), request("dense", "256K")),
  },
  {
    name: "sharper-beats-dense",
    text: "YaRN's temperature scores more than dense attention without it on eight requests in 1M tokens",
    numbers: (s) => beats(s, request("dense+yarn", "1M"), request("dense", "1M")),
  },
  {
    name: "sharper-beats-selection",
    text: "YaRN's temperature scores more than DSA on eight requests in 1M tokens",
    numbers: (s) => beats(s, request("dense+yarn", "1M"), request("dsa", "1M")),
  },
  {
    name: "narrow-caches-suffice",
    text: `K and V in nvfp4 change DSA's score on eight requests in 1M tokens by less than ${thresholds.near}`,
    numbers: (s) => [within(s.difference(request("dsa+nvfp4", "1M"), request("dsa", "1M")), thresholds.near)],
    ground: (s) => s.mean(request("dsa", "1M")),
  },
  {
    name: "blind-eviction-loses",
    text: `A sliding window and SnapKV that does not see the question score below ${lost} on searches of 64K tokens`,
    numbers: (s) => ["sink-window", "snapkv"].map((variant) => below(s.mean(search(variant, "64K")), lost)),
    ground: (s) => s.mean(search("oracle", "64K")),
  },
  {
    name: "large-blocks-fade",
    text: "MoBA's blocks of 4,096 tokens score less on searches of 1M tokens than of 64K",
    numbers: (s) => [below(s.difference(search("moba", "1M"), search("moba", "64K")))],
    ground: (s) => s.mean(search("moba", "64K")),
  },
  {
    name: "large-blocks-lose",
    text: "MoBA's blocks score less than DSA's tokens on searches of 256K tokens",
    numbers: (s) => [below(s.difference(search("moba", "256K"), search("dsa(k=1024)", "256K")))],
    ground: (s) => s.mean(search("dsa(k=1024)", "256K")),
  },
  {
    name: "selection-beats-dense",
    text: "DSA, NSA, InfLLM-v2 and MSA each score more than dense attention at 1M tokens, over searches and whole requests",
    numbers: (s) =>
      selecting.flatMap((variant) => [
        above(gainOverBoth(s, variant)),
        above(scoreOverBoth(s, variant), thresholds.fails),
      ]),
  },
  {
    name: "fixed-memory-loses",
    text: `Windows, eviction, recurrent states and linear memories score below ${lost} at 1M tokens, over searches and whole requests`,
    numbers: (s) => losing.map((variant) => below(scoreOverBoth(s, variant), lost)),
    ground: (s) => scoreOverBoth(s, "oracle"),
  },
  {
    name: "plans-are-dense",
    text: `Plans with dense global layers are within ${thresholds.near} of dense attention at 1M tokens`,
    numbers: (s) => plans.map((plan) => within(gainOverBoth(s, plan), thresholds.near)),
    ground: (s) => scoreOverBoth(s, "dense"),
  },
  {
    name: "reads-lift-dense",
    text: "Sixteen reads of each query lift dense searches of 1M tokens",
    numbers: (s) => beats(s, search("dense", "1M", 16), search("dense", "1M")),
  },
];

/** A conclusion in one reader: the verdict, and the number that decides it. */
export interface JudgedConclusion {
  readonly conclusion: MarginConclusion;
  readonly verdict: MarginVerdict;
  readonly decided: BoundedNumber;
}

const isInside = ({ estimate, above: low, below: high }: BoundedNumber): boolean =>
  estimate.low > low && estimate.high < high;

const isOutside = ({ estimate, above: low, below: high }: BoundedNumber): boolean =>
  estimate.high <= low || estimate.low >= high;

/**
 * Judges a conclusion. It holds if the intervals of all its numbers lie within their bounds; it fails if one lies outside.
 * The number that decides is the first that lies outside, else the first that does not lie within, else the first.
 */
export function judgeConclusion(conclusion: MarginConclusion, scores: MarginScores): JudgedConclusion {
  const numbers = conclusion.numbers(scores);
  const decided = numbers.find(isOutside) ?? numbers.find((number) => !isInside(number)) ?? numbers[0]!;
  const ground = conclusion.ground?.(scores);
  if (ground !== undefined && ground.mean < thresholds.fails)
    return { conclusion, verdict: "empty", decided };
  const verdict = isOutside(decided) ? "fails" : isInside(decided) ? "holds" : "undecided";
  return { conclusion, verdict, decided };
}
