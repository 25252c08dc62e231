import { distinct, groupBy } from "../../src/core/group.ts";
import { mean } from "../../src/core/stats.ts";
import { formatShare } from "../../src/core/units.ts";
import { joined, table } from "./markdown.ts";
import { manifestOf, rowsOf } from "./results/data.ts";

type CsvRow = Readonly<Record<string, string>>;

const shareOf = (row: CsvRow): string =>
  `${formatShare(Number(row["accuracy"]))} [${formatShare(Number(row["accuracyLow"]))} ${formatShare(Number(row["accuracyHigh"]))}]`;

/** Accuracy of cells as a table, with a column for each value of `across`. */
function accuracyTable(cells: readonly CsvRow[], title: string, down: string, across: string): string {
  const columns = distinct(cells.map((row) => row[across]!)).sort((a, b) => Number(a) - Number(b));
  return table({
    titles: [title, ...columns.map((value) => `${across} ${value}`)],
    rows: [...groupBy(cells, (row) => row[down]!)].map(([name, own]) => [
      name,
      ...columns.map((value) => {
        const found = own.find((row) => row[across] === value);
        return found === undefined ? "" : shareOf(found);
      }),
    ]),
  });
}

/** Budgets of eviction follow the length: one name for all of them. */
const nameOf = ({ variant, tokens }: CsvRow): string =>
  variant!.replace(`budget=${Number(tokens) / 4}`, "budget=1/4");

const readers = ["trained", "measured", "rank", "default"] as const;

/** A measure of the readers, a row an attention and length, and their distances from the trained reader. */
function readersTable(rows: readonly CsvRow[], measure: "accuracy" | "recall"): string {
  const shown = rows.filter(({ variant }) =>
    measure === "accuracy" ? variant === "dense" : variant !== "dense",
  );
  return table({
    titles: ["attention", "tokens", ...readers],
    rows: [...groupBy(shown, (row) => `${nameOf(row)} ${row["tokens"]}`).values()].map((own) => [
      `\`${nameOf(own[0]!)}\``,
      own[0]!["tokens"]!,
      ...readers.map((name) => {
        const row = own.find(({ reader }) => reader === name)!;
        const [value, low, high] = ["", "Low", "High"].map((end) =>
          formatShare(Number(row[`${measure}${end}`])),
        );
        return `${value} [${low} ${high}]`;
      }),
    ]),
  });
}

/** Mean distance of a constructed reader's recall from the trained one's, over sparse attention and lengths. */
function distance(rows: readonly CsvRow[], reader: string): number {
  const key = (row: CsvRow): string => `${row["cell"]} ${row["variant"]} ${row["tokens"]}`;
  const trained = new Map(rows.filter((row) => row["reader"] === "trained").map((row) => [key(row), row]));
  return mean(
    rows
      .filter((row) => row["reader"] === reader && row["variant"] !== "dense")
      .map((row) => Math.abs(Number(row["recall"]) - Number(trained.get(key(row))!["recall"]))),
  );
}

/** The results of trained readers: accuracy by width and by depth, and constructed readers beside them. */
export function learnedResults(): string {
  const cells = rowsOf("learned/cells.csv");
  const lengths = rowsOf("learned/lengths.csv");
  const {
    cells: planned,
    trained,
    config,
  } = manifestOf("learned") as {
    cells: number;
    trained: number;
    config: { size: string };
  };
  const of = (question: string): CsvRow[] => cells.filter((row) => row["question"] === question);
  const readOff = rowsOf("learned/read-off.csv");
  return joined([
    `[results/learned](../results/learned) holds ${trained} of ${planned} readers of the grid \`--study ${config.size}\`; brackets are 95% intervals, over answers for a reader's own accuracy and over sequences for swapped attention.`,
    "Recall against width:",
    ...[...groupBy(of("width"), ({ tokens }) => tokens!).values()].map((own) =>
      accuracyTable(own, `${own[0]!["tokens"]} tokens`, "attention", "width"),
    ),
    "Hops against depth:",
    accuracyTable(of("depth"), "asked", "asked", "layers"),
    "Numbers read off the trained readers of one dense layer, beside those that `attnsim attend --capture` finds without knowing the answers:",
    table({
      titles: [
        "reader",
        "sharpness",
        "found blind",
        "margin",
        "found blind",
        "effective rank of keys",
        "dimension",
      ],
      rows: readOff.map((row) => [
        row["cell"]!,
        ...["spread", "blindSpread", "margin", "blindMargin", "centredRank"].map((name) =>
          Number(row[name]).toPrecision(3),
        ),
        row["headDim"]!,
      ]),
    }),
    ...[...groupBy(lengths, ({ cell }) => cell!)].flatMap(([cell, own]) => [
      `Right answers of \`${cell}\` with dense attention on longer sequences, and of constructed readers at the numbers read off (\`measured\`), at these in as many dimensions as the keys' effective rank (\`rank\`), and at the \`default\`:`,
      readersTable(own, "accuracy"),
      "Share of the answers that other attention reads, put in its place:",
      readersTable(own, "recall"),
    ]),
    `Over all of these, the share that is read is ${["measured", "rank", "default"].map((reader) => `${formatShare(distance(lengths, reader))} (${reader})`).join(", ")} off the trained reader's on average.`,
  ]);
}
