import { distinct } from "../../../src/core/group.ts";
import { formatLength } from "../../../src/core/length.ts";
import { mean } from "../../../src/core/stats.ts";
import type { IntervalKind } from "../../../src/core/stats.ts";
import { formatDifference, formatShare } from "../../../src/core/units.ts";
import { thresholds } from "../../../src/studies/rules.ts";
import { table } from "../markdown.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { meanFieldGaps } from "../../../src/trial/mean-field-gap.ts";
import type { MeanFieldGap } from "../../../src/trial/mean-field-gap.ts";
import { manifestOf, rowsOf, trialsOf } from "./data.ts";
import type { ResultSection } from "./section.ts";

const name = "margins";
const numerics = "margins-numerics";

type JudgedText = Readonly<Record<string, string>>;

const judged = (): readonly JudgedText[] => rowsOf(`${name}/conclusions.csv`);
const readers = (): readonly JudgedText[] => rowsOf(`${name}/readers.csv`);

/** Margins in the order of the file: the default is the last. */
const marginsTried = (): string[] => distinct(judged().map((row) => row["margin"]!));

/** Rows of one conclusion at all margins, by its name. */
const verdictOf = (conclusion: string, margin: string): string =>
  judged().find((row) => row["conclusion"] === conclusion && row["margin"] === margin)!["verdict"]!;

const textOf = (conclusion: string): string =>
  judged().find((row) => row["conclusion"] === conclusion)!["text"]!;

/** Conclusions that hold at the default margin. */
function holdingByDefault(): string[] {
  const usual = marginsTried().at(-1)!;
  return distinct(judged().map((row) => row["conclusion"]!)).filter(
    (conclusion) => verdictOf(conclusion, usual) === "holds",
  );
}

const holdingAt = (margin: string): string[] =>
  holdingByDefault().filter((conclusion) => verdictOf(conclusion, margin) === "holds");

/** Mean distance of dense attention's curves from the default reader's at a margin, by one way to it. */
const distanceAt = (way: string, margin: string): number =>
  mean(
    readers()
      .filter((row) => row["way"] === way && row["margin"] === margin)
      .map((row) => Number(row["distance"])),
  );

const listed = (items: readonly string[]): string => new Intl.ListFormat("en").format(items);

/** A sentence within a list: its first word is small, unless it is a name. */
const lowered = (text: string): string =>
  /^[A-Z][a-z]*[ ,]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;

/** Rows of full numerics and the mean field by the readers of one margin. */
const rowsAt = (margin: string): TrialRow[] => {
  const { headDim } = readers().find((row) => row["way"] === "dimension" && row["margin"] === margin)!;
  return trialsOf(numerics).filter((row) => row.headDim === Number(headDim));
};

/** Mean scores of searches in the mean field and in full numerics, by the readers of one margin. */
const gapsAt = (margin: string): MeanFieldGap[] =>
  meanFieldGaps(rowsAt(margin)).filter(({ measure }) => measure === "score");

/** The mean of a column over a variant's rows at 64K tokens and a margin of 6. */
const meanAt6 = (variant: string, column: "recall" | "goldMass" | "queries", meanField: boolean): number =>
  mean(
    rowsAt("6")
      .filter(
        (row) =>
          row.variant === variant && row.tokensNominal === 64_000 && (row.mode === "mean-field") === meanField,
      )
      .map((row) => row[column]!),
  );

/** A sentence on what block means lose at a margin of 6. */
function blocksText(): string {
  const both = (column: "recall" | "goldMass"): string =>
    `${formatShare(meanAt6("moba", column, true))} and ${formatShare(meanAt6("moba", column, false))}`;
  const asked = (meanField: boolean): string => meanAt6("moba", "queries", meanField).toFixed(0);
  return `At a margin of 6 the mean field of ${formatLength(64_000)} tokens reads with MoBA's blocks what full numerics read: recall is ${both("recall")}, the weight on gold rows ${both("goldMass")}, and a walk asks ${asked(true)} and ${asked(false)} nodes. Few keys decide the sums there, so that the mean field draws them one by one ([mean-field.md](mean-field.md#sums-that-few-keys-decide)).`;
}

const agreeing = (margin: string): number => gapsAt(margin).filter(({ agrees }) => agrees).length;

/** Whether full numerics agree with the mean field in all mean scores of a margin. */
const isConfirmed = (margin: string): boolean => agreeing(margin) === gapsAt(margin).length;

/** A sentence on full numerics at smaller margins. */
function numericsText(): string {
  const farthest = gapsAt("6").reduce((far, gap) =>
    Math.abs(gap.meanField - gap.numerics) > Math.abs(far.meanField - far.numerics) ? gap : far,
  );
  return `Full numerics of searches to 64K tokens agree with the mean field in ${agreeing("8")} of ${gapsAt("8").length} mean scores at 8 and in ${agreeing("6")} of ${gapsAt("6").length} at 6. The largest difference at 6 is that of ${farthest.variant} at ${formatLength(farthest.tokens)}: ${formatShare(farthest.meanField)} in the mean field and ${formatShare(farthest.numerics)} in full numerics (n = 20 and 10).`;
}

/** The paragraph that begins docs/results.md: the conclusions that survive smaller margins, and those that do not. */
export function marginsParagraph(): string {
  const [tried, usual] = [marginsTried(), marginsTried().at(-1)!];
  const lower = tried.slice(0, -1).reverse();
  const first = holdingByDefault();
  const survivors = first.filter((conclusion) => holdingAt(lower[0]!).includes(conclusion));
  const others = first.filter((conclusion) => !survivors.includes(conclusion));
  const counts = lower.map((margin) => `${holdingAt(margin).length} at a margin of ${margin}`);
  const fails = distinct(
    judged().flatMap((row) => (row["verdict"] === "fails" ? [`${lowered(row["text"]!)} (at ${row["margin"]!})`] : [])),
  );
  return [
    `Of the ${first.length} conclusions about accuracy that hold at the default margin, where a match stands ${usual} standard deviations above random keys, ${listed(counts)} hold too; these hold at ${lower[0]!}: ${survivors.map((conclusion) => lowered(textOf(conclusion))).join("; ")}.`,
    `Not shown at ${lower[0]!}: ${others.map((conclusion) => `${lowered(textOf(conclusion))} (${verdictOf(conclusion, lower[0]!)})`).join("; ")}.`,
    ...(fails.length === 0 ? [] : [`False in the mean field: ${fails.join("; ")}.`]),
    `At ${listed(lower.slice(2).reverse())} no sharpness gives dense attention its curve, and at ${lower.at(-1)!} hardly any variant finds anything to compare ([margins](#margins)). All of this is the mean field; full numerics of searches to 64K tokens agree with it at 8 and at 6. Times, bytes and prices do not depend on the margin.`,
  ].join(" ");
}

function cellOf(conclusion: string, margin: string): string {
  const row = judged().find((one) => one["conclusion"] === conclusion && one["margin"] === margin)!;
  if (row["verdict"] === "empty") return "empty";
  const estimate = {
    mean: Number(row["number"]),
    low: Number(row["low"]),
    high: Number(row["high"]),
    kind: row["kind"] as IntervalKind,
    trials: Number(row["trials"]),
  };
  return `${row["verdict"]!} ${formatDifference(estimate)}`;
}

export function margins(): ResultSection {
  const tried = marginsTried();
  const lower = tried.slice(0, -1);
  const isNear = (way: string, margin: string): boolean => distanceAt(way, margin) <= thresholds.near;
  const distances = (way: string): string =>
    listed(lower.map((margin) => `${formatShare(distanceAt(way, margin))} at ${margin}`));
  const conclusions = distinct(judged().map((row) => row["conclusion"]!));
  return {
    name,
    settings: `Mean field, 20 problems a cell at each margin; the margin is the logit of a match in standard deviations of a random key's logit, ρ √d. Heads become smaller, and more of them keep the width; for each task sharpness is the one at which dense attention's scores at 64K, 256K and 1M are nearest to the default reader's.`,
    assumptions: manifestOf(name)["assumptions"] as readonly string[],
    findings: [
      {
        text: `At the best sharpness dense attention's scores are off by ${distances("dimension")}: it is held at 8. At 5 and 4 no sharpness holds it: of a million random keys the largest stands √(2 ln n) = 5.3 standard deviations out, so that a match of 5 does not stand out at all.`,
        holds: isNear("dimension", "8") && !isNear("dimension", "5") && !isNear("dimension", "4"),
      },
      {
        text: `Where keys follow their codes less, in heads as large, dense attention's scores are off by ${distances("fidelity")}: matches then differ among themselves by nearly a standard deviation each, times the sharpness, and a search that reads several edges at once loses some at every sharpness.`,
        holds: lower.every((margin) => !isNear("fidelity", margin)),
      },
      {
        text: numericsText(),
        holds: isConfirmed("8") && isConfirmed("6"),
      },
      {
        text: blocksText(),
        holds:
          (["recall", "goldMass"] as const).every(
            (column) => Math.abs(meanAt6("moba", column, true) - meanAt6("moba", column, false)) < 0.05,
          ) && Math.abs(meanAt6("moba", "queries", true) / meanAt6("moba", "queries", false) - 1) < 0.25,
      },
    ],
    tables: [
      table({
        titles: ["conclusion, n = 20", ...tried.map((margin) => `margin ${margin}`)],
        rows: conclusions.map((conclusion) => [
          textOf(conclusion),
          ...tried.map((margin) => cellOf(conclusion, margin)),
        ]),
      }),
    ],
  };
}
