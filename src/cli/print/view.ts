import { binsOf } from "../../trial/view/bins.ts";
import { reasonText, shareText } from "../../trial/view/sentence.ts";
import type { GoldView } from "../../trial/view/gold.ts";
import type { QueryView, TrialView } from "../../trial/view/view.ts";
import { formatTable } from "./table.ts";
import type { TableCell } from "./table.ts";
import { lineWidth } from "./width.ts";

/** Gold positions of a query that the table shows. */
const goldShown = 3;

/** Characters of names and of texts in a narrow line. */
const [nameLength, textLength] = [24, 22];

/** Characters of names in a wide line. */
const wideName = 48;

const shareOrNone = (value: number | null): string => (value === null ? "-" : shareText(value));

/** A text in one line of at most `most` characters, with marks for line breaks. */
function oneLine(text: string, most: number): string {
  const line = text.replaceAll("\n", "⏎").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** A trial's reads for the terminal: each query with the reason, then its gold positions with ranks and weights. */
export function formatView(view: TrialView, width = lineWidth()): string {
  const { row, queries, looked, texts, response, answer } = view;
  const room = Math.min(width, 120);
  const gold = queries.flatMap((query, i) =>
    query.gold.slice(0, goldShown).map((each) => goldRow(each, i + 1, texts)),
  );
  const left = queries.reduce((sum, query) => sum + Math.max(0, query.gold.length - goldShown), 0);
  return [
    `${row.resolved} on ${row.task}`,
    `${texts.length.toLocaleString("en")} tokens, trial ${row.trial ?? 0} of seed ${row.seed ?? 0}`,
    oneLine(`answered: ${response}`, room),
    oneLine(`right:    ${answer}`, room),
    `score ${shareOrNone(row.score)}, recall ${shareOrNone(row.recall)}, gold mass ${shareOrNone(row.goldMass)}: means over ${looked} queries`,
    ...(queries.length < looked
      ? [`the first ${queries.length} queries are shown; --queries ${looked} shows all`]
      : []),
    "",
    formatTable(
      ["query", "step", "asks for", "tokens", "recall", "mass", "reason"],
      queries.map((query, i) => queryRow(query, i + 1, room > 100 ? wideName : nameLength)),
      { width, spare: ["tokens", "step"] },
    ),
    ...answerLines(queries, room),
    ...(gold.length > 0
      ? [
          "",
          formatTable(
            ["query", "gold", "text", "read by", "rank", "of", "taken", "exact", "weight", "exact w"],
            gold,
            { width, spare: ["exact w", "of"] },
          ),
          "rank, of, taken: rank of its unit in the variant's choice (best-worst head),",
          "units ranked, units taken; exact, exact w: rank and weight of exact attention",
        ]
      : []),
    ...(left > 0 ? [`${left} more gold position${left === 1 ? "" : "s"}; --csv has all rows`] : []),
  ].join("\n");
}

const queryRow = (query: QueryView, number: number, most: number): TableCell[] => [
  number,
  query.step + 1,
  oneLine(query.name, most),
  Math.round(query.tokensRead),
  shareOrNone(query.recall),
  shareOrNone(query.goldMass),
  reasonText(query.reason),
];

/** The answers that queries are read out as. */
function answerLines(queries: readonly QueryView[], room: number): string[] {
  const all = queries.flatMap(({ answers }, i) =>
    answers.length === 0
      ? []
      : [
          oneLine(
            `  ${i + 1}: ${answers.map(({ name, projection }) => `${oneLine(name, nameLength)} ${shareText(projection)}`).join(", ")}`,
            room,
          ),
        ],
  );
  return all.length === 0
    ? []
    : ["", "largest projections of each output on answers, 1 for all of the weight:", ...all];
}

function goldRow({ position, from, heads }: GoldView, query: number, texts: readonly string[]): TableCell[] {
  const choices = heads.flatMap(({ choice }) => (choice === undefined ? [] : [choice]));
  const spread = (values: readonly number[]): TableCell => {
    if (values.length === 0) return "-";
    const [best, worst] = [Math.min(...values), Math.max(...values)];
    return best === worst ? best : `${best}-${worst}`;
  };
  const meanOf = (of: "weight" | "exactWeight"): string =>
    shareText(heads.reduce((sum, head) => sum + head[of], 0) / heads.length);
  return [
    query,
    position,
    oneLine(texts.slice(from, position + 1).join(""), textLength),
    `${heads.filter(({ read }) => read).length}/${heads.length}`,
    spread(choices.map(({ rank }) => rank)),
    choices[0]?.of ?? "-",
    choices[0]?.taken ?? "-",
    spread(heads.map(({ exactRank }) => exactRank)),
    meanOf("weight"),
    meanOf("exactWeight"),
  ];
}

/** Bins of the positions in JSON. */
const jsonBins = 256;

/** A trial's reads for programs: positions in bins, gold positions head by head. */
export const viewData = ({ row, texts, response, answer, queries, looked }: TrialView): object => ({
  row,
  response,
  answer,
  looked,
  queries: queries.map((query) => ({
    step: query.step,
    phase: query.phase,
    name: query.name,
    position: query.position,
    tokensRead: query.tokensRead,
    recall: query.recall,
    goldMass: query.goldMass,
    exactGoldMass: query.exactGoldMass,
    answers: query.answers,
    reason: query.reason,
    gold: query.gold.map((gold) => ({ ...gold, text: texts.slice(gold.from, gold.position + 1).join("") })),
    sentence: reasonText(query.reason),
    bins: binsOf(query, texts.length, jsonBins).filter(({ read, weight }) => read > 0 || weight !== 0),
  })),
});
