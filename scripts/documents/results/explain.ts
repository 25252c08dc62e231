import type { Interval } from "../../../src/core/stats.ts";
import { overlap } from "../../../src/studies/rules.ts";
import { formatBytes, formatSeconds } from "../../../src/core/units.ts";
import { manifestOf, points, pointsBetween, rowOf, rowsOf } from "./data.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "explain";

type Row = Readonly<Record<string, string>>;

const inPoints = (row: Row, column: string): string =>
  `${points(Number(row[column]))} ${pointsBetween(Number(row[`${column}Low`]), Number(row[`${column}High`]))}`;

/** Changes that the table shows beside those that full numerics confirmed. */
const others = [
  "index-share(k=131072)",
  "quest(budget=65536)",
  "dsa(k=131072)",
  "dense+yarn",
  "dsa",
  "fidelity 0.994",
  "reads 2",
];

/** Variants that keep less than the question may ask for. */
const losing = [
  "sink-window",
  "duo",
  "snapkv",
  "adakv",
  "pyramidkv",
  "h2o",
  "tova",
  "expected",
  "keydiff",
  "infini",
  "linear",
  "log-linear",
  "gated-deltanet",
  "kda",
];

const listed = (items: readonly string[]): string => new Intl.ListFormat("en").format(items);

const confirmed = (): readonly Row[] =>
  rowsOf(`${name}/ranking.csv`).filter((row) => row["numerics"] !== "" && row["rank"] !== "0");

const intervalOf = (row: Row): Interval => ({
  low: Number(row["numericsLow"]),
  high: Number(row["numericsHigh"]),
});

export function explain(): ResultSection {
  const all = rowsOf(`${name}/ranking.csv`);
  const none = rowOf(`${name}/ranking.csv`, { rank: "0" });
  const distances = confirmed().map((row) => `${inPoints(row, "numerics")} (${row["change"]!})`);
  const from = (manifestOf(name)["fitted"] as { readonly model: string }).model;
  const { model, trials, priced } = manifestOf(name) as {
    readonly model: string;
    readonly trials: Readonly<Record<string, number>>;
    readonly priced: { readonly model: string; readonly tokens: number; readonly users: number };
  };
  const shown = [none, ...all.filter((row) => confirmed().includes(row) || others.includes(row["change"]!))];
  const seconds = (row: Row): number =>
    Number(rowOf(`${name}/costs.csv`, { change: row["change"]!, system: "gb200-nvl72" })["tpotSeconds"]);
  const lost = all
    .filter((row) => losing.includes(row["group"]!))
    .sort((a, b) => Number(a["error"]) - Number(b["error"]));
  const kinds = new Set(confirmed().map((row) => row["kind"]));
  return {
    name,
    settings: `The reader of [calibrate](#calibrate) with one change at a time; ${trials["meanField"]!} trials a column in the mean field, ${trials["numerics"]!} in full numerics; costs of ${priced.model} with ${priced.users} users of ${priced.tokens} tokens.`,
    findings: [
      {
        text: `Published scores do not tell selection from sharper logits: single changes of a reader fitted to ${from} come within ${listed(distances)} points of ${model}'s columns; without a change the distance is ${inPoints(none, "numerics")} (full numerics, n = ${trials["numerics"]!} trials a column).`,
        holds:
          confirmed().every((row) => Number(row["numericsHigh"]) < Number(none["numericsLow"])) &&
          kinds.size > 1 &&
          confirmed().every((row) => confirmed().every((other) => overlap(intervalOf(row), intervalOf(other)))),
      },
      {
        text: `Variants that drop tokens or keep a state of fixed size come no nearer than no change at any budget tried: the nearest of ${lost.length} is ${inPoints(lost[0]!, "error")} points off (${lost[0]!["change"]!}).`,
        holds: Number(lost[0]!["error"]) > Number(none["error"]),
      },
      {
        text: `In the mean field the best of ${all.length - 1} changes is ${inPoints(all[1]!, "error")} points off, no change ${inPoints(none, "error")}.`,
        holds: Number(all[1]!["errorHigh"]) < Number(none["errorLow"]),
      },
    ],
    tables: [
      table({
        titles: [
          "change",
          "error, points (mean field)",
          "from 256K on",
          "full numerics",
          "read a token",
          `step of ${priced.users} users, GB200`,
        ],
        rows: shown.map((row) => [
          row === none ? `none: ${row["change"]!}` : row["change"]!,
          inPoints(row, "error"),
          points(Number(row["longError"])),
          row["numerics"] === "" ? "" : inPoints(row, "numerics"),
          formatBytes(Number(row["bytesReadPerToken"])),
          formatSeconds(seconds(row)),
        ]),
      }),
    ],
    figure: "explain.png",
  };
}
