import { formatShare } from "../../../src/core/units.ts";
import { table } from "../markdown.ts";
import { manifestOf, points, pointsBetween, rowOf, rowsOf } from "./data.ts";
import type { ResultSection } from "./section.ts";

const name = "article-reader";
const [fitted, explained] = ["GPT-5.4", "GPT-5.5"] as const;

type Row = Readonly<Record<string, string>>;

const inPoints = (row: Row, column: string): string =>
  `${points(Number(row[column]))} ${pointsBetween(Number(row[`${column}Low`]), Number(row[`${column}High`]))}`;

const atFitted = (): Row => rowOf(`${name}/changes.csv`, { model: fitted });
const standings = (): readonly Row[] => rowsOf(`${name}/changes.csv`).filter((row) => row["model"] === explained);
const changes = (): readonly Row[] => standings().filter((row) => row["rank"] !== "0");
const ofAttention = (): readonly Row[] => changes().filter((row) => row["part"] === "attention");
const isShown = (row: Row): boolean => Number(row["gainLow"]) > 0;

/** Scores of dense searches by the fitted model's columns: 256K and 1M tokens. */
const searches = (): readonly Row[] =>
  ["256K", "1M"].map((column) =>
    rowOf(`${name}/scores.csv`, { model: fitted, change: "dense", benchmark: "graphwalks-bfs", column }),
  );

/** Columns of the explained model with a change. */
const columnsWith = (change: Row): readonly Row[] =>
  rowsOf(`${name}/scores.csv`).filter(
    (row) => row["model"] === explained && row["change"] === change["change"],
  );

const triedPoints = (): readonly Row[] => rowsOf(`${name}/points.csv`);
const nearestPoint = (): number => Math.min(...triedPoints().map((row) => Number(row["error"])));

function lengthText(): string {
  const [score, published] = [
    searches().map(
      (row) =>
        `${formatShare(Number(row["score"]))} [${formatShare(Number(row["scoreLow"]))} ${formatShare(Number(row["scoreHigh"]))}]`,
    ),
    searches().map((row) => formatShare(Number(row["published"]))),
  ];
  return `Such a reader does not lose with length what the published models lose: dense searches score ${score[0]!} at 256K and ${score[1]!} at 1M tokens (n = ${searches()[0]!["trials"]!}), where ${fitted} falls from ${published[0]!} to ${published[1]!}.`;
}

function fitText(): string {
  const best = triedPoints()[0]!;
  return `No fit to ${fitted} was found: the best of ${triedPoints().length} points of sharpness, key shares, residual noise and strength of the heads (sharpness ${best["sharpness"]!}, shares x ${best["shares"]!}, noise ${best["residualNoise"]!}, head fall ${best["headFall"]!}) is ${inPoints(atFitted(), "error")} points off its columns, and ${points(Number(best["error"]))} on the ${best["trials"]!} problems that it was chosen on; no point was nearer than ${points(nearestPoint())} on these.`;
}

/** A sentence on changes of attention. @param explain link to the answer with the default keys */
function attentionText(explain = "#explain"): string {
  const [best] = ofAttention() as [Row];
  const old = rowOf("explain/ranking.csv", { rank: "1" });
  const same = changes().find((row) => row["change"] === old["change"])!;
  return `The answer of [explain](${explain}) does not survive. No change of attention is shown to be better than none: the nearest of ${ofAttention().length}, ${best["change"]!}, brings dense attention's ${inPoints(standings()[0]!, "error")} points to ${inPoints(best, "error")}, a gain of ${inPoints(best, "gain")}. ${old["change"]!}, which is ${points(Number(old["error"]))} points off with the default keys, gains ${inPoints(same, "gain")} and is ${inPoints(same, "error")} off.`;
}

function otherText(): string {
  const [best] = changes() as [Row];
  const sharper = changes().filter((row) => row["change"]!.startsWith("sharpness"))[0]!;
  return `What makes the reader find more comes nearer, because it scores too little on requests: ${sharper["change"]!} gains ${inPoints(sharper, "gain")} points. The nearest change of all, ${best["change"]!}, answers everything, and its ${points(Number(best["error"]))} points are the distance of ${explained}'s scores from 1.`;
}

/** The paragraph of docs/agreement.md. */
export const articleReaderParagraph = (): string =>
  `Keys that follow the text do not give this answer ([results.md](results.md#article-reader)). ${fitText()} ${lengthText()} Against a match stand the few keys that look most like it, and the largest of n random numbers grows with √(2 ln n) alone; this may be why, and was not tested. ${attentionText("results.md#explain")}`;

export const articleReader = (): ResultSection => ({
  name,
  settings: `The reader of the comparison with measured scores (data/agreement-reader.json) in the mean field, ${atFitted()["trials"]!} problems a column; ${explained}'s columns unless said otherwise. The grid of numbers was chosen after scratch scans that are not committed.`,
  assumptions: manifestOf(name)["assumptions"] as readonly string[],
  findings: [
    { text: fitText(), holds: Number(atFitted()["errorLow"]) > 0.1 && nearestPoint() > 0.1 },
    {
      text: lengthText(),
      holds: Math.abs(Number(searches()[0]!["score"]) - Number(searches()[1]!["score"])) < 0.05,
    },
    { text: attentionText(), holds: ofAttention().every((row) => !isShown(row)) },
    {
      text: otherText(),
      holds:
        isShown(changes().filter((row) => row["change"]!.startsWith("sharpness"))[0]!) &&
        columnsWith(changes()[0]!).every((row) => row["score"] === "1"),
    },
  ],
  tables: [
    table({
      titles: ["change", "error, points", "from 256K on", "gain over no change"],
      rows: standings()
        .filter((row) => row["part"] !== "reader" || isShown(row))
        .map((row) => [
          row["rank"] === "0" ? `none: ${row["change"]!}` : row["change"]!,
          inPoints(row, "error"),
          points(Number(row["longError"])),
          row["rank"] === "0" ? "" : inPoints(row, "gain"),
        ]),
    }),
  ],
});
