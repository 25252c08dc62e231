import { articleClaims, articleFacts, modelScores } from "../../files/published.ts";
import type { ArticleClaim, ArticleFact } from "../../files/published.ts";
import { derivedVerdict } from "../rules.ts";
import type { Finding } from "./chapter.ts";

/** The two numbers that a claim compares; undefined for a claim without numbers. */
export function valuesOf(claim: ArticleClaim): readonly [before: number, after: number] | undefined {
  if (claim.value_before !== "") return [Number(claim.value_before), Number(claim.value_after)];
  const scores = modelScores().filter((row) => row.claim === claim.id);
  // "GPT-5.5 over Opus 4.7 ..." states the lead of the first model
  const [, first, second] = /^(GPT-5\.5|Opus 4\.7) over (GPT-5\.5|Opus 4\.7) /.exec(claim.claim) ?? [];
  const scoreOf = (model: string | undefined): number | undefined => {
    const row = scores.find((score) => model !== undefined && score.model.endsWith(model));
    return row && Number(row.score_percent);
  };
  const [before, after] = [scoreOf(second), scoreOf(first)];
  return before === undefined || after === undefined ? undefined : [before, after];
}

const signed = (value: number, digits: number): string =>
  `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(digits)}`;

/** Decimals of the number in a text: 1 of "+11.7 pp". */
const decimals = (text: string): number => /\.(\d+)/.exec(text)?.[1]!.length ?? 0;

/**
 * The figure that the article derives from a claim's two numbers, computed here, with the digits that it prints; undefined
 * for a claim without a derived figure.
 */
export function derivedFigure(claim: ArticleClaim): string | undefined {
  const values = valuesOf(claim);
  if (claim.derived === "" || values === undefined) return undefined;
  const [before, after] = values;
  const digits = decimals(claim.derived);
  if (claim.derived.endsWith("pp")) return `${signed(after - before, digits)} pp`;
  if (claim.derived.endsWith("percent")) return `${signed(100 * (after / before - 1), digits)} percent`;
  if (claim.derived.startsWith("x")) return `x${(after / before).toFixed(digits)}`;
  // the larger number over the smaller
  return `${(Math.max(before, after) / Math.min(before, after)).toFixed(digits)}x`;
}

/** The claim with an id. @throws Error for an unknown id */
export function claimOf(id: string): ArticleClaim {
  const claim = articleClaims().find((each) => each.id === id);
  if (claim === undefined) throw new Error(`no claim "${id}" in article-claims.csv`);
  return claim;
}

/** Statements of other pages about a claim. */
export const factsOf = (id: string): readonly ArticleFact[] =>
  articleFacts().filter(({ claim }) => claim === id);

/** The lead of GPT-5.5 over Claude Opus 4.7 in a comparison, in points; below 0 where it is behind. */
export function leadOf(claim: ArticleClaim): number {
  const [behind, ahead] = valuesOf(claim)!;
  return claim.claim.startsWith("GPT-5.5") ? ahead - behind : behind - ahead;
}

/** A comparison's lead by the scores of another page, where one gives a model another score; undefined for none. */
export function leadElsewhere(claim: ArticleClaim): number | undefined {
  const [behind, ahead] = valuesOf(claim)!;
  const isAhead = (model: string): boolean => claim.claim.startsWith(model.replace("Claude ", ""));
  const rows = modelScores().filter((row) => row.claim === claim.id);
  const other = rows.find((row, i) => rows.slice(0, i).some(({ model }) => model === row.model));
  if (other === undefined) return undefined;
  const scores = rows.filter(({ source }) => source === other.source);
  const scoreOf = (wanted: boolean): number | undefined => {
    const found = scores.findLast(({ model }) => isAhead(model) === wanted);
    return found && Number(found.score_percent);
  };
  return (scoreOf(true) ?? ahead) - (scoreOf(false) ?? behind);
}

/** The finding on a claim whose derived figure is checked. @param says makes the reason from the figure computed here */
export function derivedFinding(claim: ArticleClaim, says: (ours: string) => string): Finding {
  const ours = derivedFigure(claim)!;
  return { claim: claim.id, verdict: derivedVerdict(ours, claim.derived), says: says(ours) };
}
