import { formatNumber } from "../../core/units.ts";
import type { Mass } from "./gold.ts";
import type { Miss, Misses, Reason } from "./reason.ts";

/** A share of weight in two digits: `.02`, `1`. */
export function shareText(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  const rounded = magnitude > 0 && magnitude < 0.005 ? value.toExponential(0) : value.toFixed(2);
  return rounded.replace(/^(-?)0\./, "$1.").replace(/^(-?\d+)\.00$/, "$1");
}

const counted = (count: number, noun: string): string =>
  `${Math.round(count).toLocaleString("en")} ${noun}${Math.round(count) === 1 ? "" : "s"}`;

const ordinal = (n: number): string => {
  const ending = Math.floor(n / 10) % 10 === 1 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n.toLocaleString("en")}${ending}`;
};

/** A reason in one sentence. */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case "nothing":
      return "nothing to find";
    case "no-layer":
      return "not read: the plan has no layer left for this step";
    case "found":
      return reason.misses === undefined
        ? `found: gold mass ${shareText(reason.goldMass)}`
        : `found: gold mass ${shareText(reason.goldMass)}; ${notRead(reason.misses)}`;
    case "drowned":
      return `selected and drowned: gold mass ${shareText(reason.goldMass)} (exact attention ${shareText(reason.exactGoldMass)}) against ${othersText(reason.others)}`;
    case "state":
      return stateText(reason);
    case "missed":
      return reason.recall === 0 && reason.goldMass === 0
        ? notRead(reason)
        : `${notRead(reason)}; gold mass ${shareText(reason.goldMass)}`;
  }
}

const kindTexts = {
  own: "of the same records",
  alike: "of alike records",
  rest: "of other text",
} as const;

function othersText(others: Readonly<Record<keyof typeof kindTexts, Mass>>): string {
  const kinds = (["alike", "own", "rest"] as const)
    .filter((kind) => others[kind].weight >= 0.005)
    .sort((a, b) => others[b].weight - others[a].weight);
  return kinds
    .map((kind) => {
      const { weight, tokens } = others[kind];
      return `${shareText(weight)} on ${counted(tokens, "token")} ${kindTexts[kind]}`;
    })
    .join(", ");
}

/** Head and cause of a miss: `not selected: its score ranked 41st of 128, where 32 are read`. */
function notRead(misses: Misses): string {
  const { miss, pairs } = misses;
  if (miss.cause === "summary")
    return `read within a summary alone in ${miss.pairs} of ${pairs} pairs of head and gold token`;
  const name = miss.cause === "evicted" ? "evicted at prefill" : "not selected";
  const part = miss.pairs === pairs ? "" : ` in ${miss.pairs} of ${pairs} pairs of head and gold token`;
  return `${name}${part}: ${causeText(misses)}`;
}

function causeText({ miss, distance, ends }: Misses): string {
  const back = `${counted(distance, "token")} back`;
  switch (miss.cause) {
    case "not-chosen":
      return rankText(miss, "read");
    case "evicted":
      return rankText(miss, "kept");
    case "outside":
      return ends === undefined || ends.first === 0
        ? `it stands ${back}, outside the window of ${counted(ends?.last ?? 0, "token")}`
        : `it stands ${back}, outside the first ${ends.first.toLocaleString("en")} and the last ${counted(ends.last, "token")}`;
    case "summary":
    case "not-read":
      return `the pattern leaves it out, ${back}`;
  }
}

function rankText({ ranks }: Miss, done: "read" | "kept"): string {
  if (ranks === undefined) return "it was no candidate";
  const { unit, taken, of, best, worst } = ranks;
  const what = unit === 1 ? "its score" : `the score of its block of ${unit}`;
  const range = best === worst ? ordinal(best) : `${ordinal(best)} to ${ordinal(worst)}`;
  return `${what} ranked ${range} of ${of.toLocaleString("en")}, where ${taken.toLocaleString("en")} ${taken === 1 ? "is" : "are"} ${done}`;
}

function stateText({ outcome, goldMass, noise, distance }: Extract<Reason, { kind: "state" }>): string {
  const numbers = `product ${formatNumber(goldMass)} against ${formatNumber(noise)} (root of squares) of all other tokens`;
  switch (outcome) {
    case "found":
      return `found in the state: ${numbers}`;
    case "drowned":
      return `held by the state and drowned: ${numbers}`;
    case "forgotten":
      return `the state forgot it within ${counted(distance, "token")}: ${numbers}`;
  }
}
