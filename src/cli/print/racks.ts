import { distinct, groupBy } from "../../core/group.ts";
import { formatBytes, formatChange, formatSeconds } from "../../core/units.ts";
import { acceptanceLine } from "../../deployment/serving.ts";
import { explain } from "../../hardware/kernels/operator-time.ts";
import type { OperatorTime } from "../../hardware/kernels/operator-time.ts";
import { formatRouting, usualRouting } from "../../hardware/kernels/routing.ts";
import { attentionLayer } from "../../hardware/layers/attention.ts";
import { expertsOf } from "../../hardware/model.ts";
import { passAssumptions } from "../../hardware/pass/pass.ts";
import type { Drafting } from "../../hardware/serving/replica.ts";
import { partsHelp } from "../../hardware/parallel.ts";
import { writeRows } from "../../runs/write-rows.ts";
import type { RowFiles } from "../../runs/write-rows.ts";
import { machineNotes, pairingLines, rackSettings, readSweep } from "../../studies/racks/settings.ts";
import { unlikeKernels } from "../../studies/racks/unlike-kernels.ts";
import type { RackQuestion, RackRow } from "../../studies/racks/settings.ts";
import { productLines } from "./products.ts";
import { formatTable } from "./table.ts";
import type { TableCell } from "./table.ts";
import { unreadLines } from "./unread.ts";
import { print } from "./print.ts";

/** A column of a table about models on racks: its title, its cells, and a condition to show it. */
export type RackColumn<Row> = readonly [
  title: string,
  cell: (row: Row) => TableCell,
  shown?: (rows: readonly Row[]) => boolean,
];

/** A column of seconds that some passes spend in a part; it is shown where one of them does. */
export const partColumn = <Row>(title: string, secondsOf: (row: Row) => number | null): RackColumn<Row> => [
  title,
  (row) => orDash(secondsOf(row), formatSeconds),
  (rows) => rows.some((row) => (secondsOf(row) ?? 0) > 0),
];

/** The columns of a table about models on racks, and those that a narrow terminal may lack. */
export interface RackTable<Row> {
  readonly columns: readonly RackColumn<Row>[];
  /** titles of columns, the least important first */
  readonly spare: readonly string[];
  /** meanings of columns that their titles do not say, by title */
  readonly notes?: Readonly<Record<string, string>>;
  /** the number that a sweep changes */
  readonly measure: (row: Row) => number | null;
}

/** Rows about models on racks, and how they are shown. */
export interface ShownRacks<Row extends RackRow> {
  readonly rows: readonly Row[];
  readonly table: RackTable<Row>;
  readonly assumptions: readonly string[];
  /** a row for programs */
  readonly data: (row: Row) => object;
  /** question that the figure answers */
  readonly title: string;
  /** passes behind the times of a row, which `--explain` prints kernel by kernel */
  readonly passes?: (row: Row) => readonly TimedPass[];
  readonly options: RowFiles & {
    readonly json?: true | undefined;
    readonly sweep?: string | undefined;
    readonly explain?: true | undefined;
  };
}

/** A pass and its time; null if the caches do not fit. */
export interface TimedPass {
  readonly title: string;
  readonly time: OperatorTime | null;
}

/** Prints rows about models on racks as a table or JSON, and writes the files that options ask for. */
export async function showRacks<Row extends RackRow>(shown: ShownRacks<Row>): Promise<void> {
  const { rows, table, assumptions, data, title, passes, options } = shown;
  const changes = options.sweep === undefined ? undefined : changesOf(rows, table.measure);
  const plain = rows.map((row) => {
    const { names, swept, ...rest } = data(row) as RackRow;
    const sweep = changes && { [readSweep(options.sweep!).path]: swept, change: changes.get(row) ?? null };
    return { ...names, ...rest, ...sweep };
  });
  if (options.json) print(JSON.stringify({ assumptions, rows: plain }, null, 2));
  else {
    const sweep = changes && sweepColumns<Row>(readSweep(options.sweep!).path, changes);
    const columns = [...table.columns, ...(sweep ?? [])];
    print(formatRacks(rows, { ...table, columns }, assumptions));
  }
  await writeRows(plain, title, options);
  if (options.explain && !options.json && passes !== undefined) print(formatTimes(rows.flatMap(passes)));
}

/** Changes of a measure against the row at 100%, or else at the first value, of the same setting. */
function changesOf<Row extends RackRow>(
  rows: readonly Row[],
  measure: (row: Row) => number | null,
): ReadonlyMap<Row, number> {
  const settingOf = ({ names, kvDtype, tokens, ...row }: Row): string => {
    const { users, batch, prompts } = row as Readonly<Record<string, unknown>>;
    return JSON.stringify([names, kvDtype, tokens, users, batch, prompts]);
  };
  const alike = [...groupBy(rows, settingOf).values()];
  return new Map(
    alike.flatMap((own) => {
      const base = measure(own.find(({ swept }) => swept === "100%") ?? own[0]!);
      return own.flatMap((row): [Row, number][] => {
        const value = measure(row);
        return base === null || value === null ? [] : [[row, value / base - 1]];
      });
    }),
  );
}

const sweepColumns = <Row extends RackRow>(
  path: string,
  changes: ReadonlyMap<Row, number>,
): readonly RackColumn<Row>[] => [
  [path, ({ swept }) => swept],
  ["change", (row) => orDash(changes.get(row) ?? null, formatChange)],
];

/** Rows about models on racks as a table, with its assumptions. */
function formatRacks<Row extends RackRow>(
  rows: readonly Row[],
  { columns, spare, notes }: RackTable<Row>,
  assumptions: readonly string[],
): string {
  const shown = columns.filter(([, , isShown]) => isShown?.(rows) ?? true);
  const table = formatTable(
    ["system", "model", "attention", "KV as", "context", ...shown.map(([title]) => title)],
    rows.map((row) => {
      const { names, kvDtype, tokens } = row;
      return [
        names.system,
        names.model,
        names.variant,
        kvDtype,
        tokens,
        ...shown.map(([, cell]) => cell(row)),
      ];
    }),
    { spare },
  );
  const titles = shown.map(([title]) => title);
  return [
    table,
    "",
    ...columnNotes({ ...notes, ...divisionNotes(titles, rows, shown) }, titles),
    "assumed:",
    ...assumptions.map((line) => `  ${line}`),
  ].join("\n");
}

/** The meanings of shown columns, as lines below a table. */
function columnNotes(notes: Readonly<Record<string, string>>, titles: readonly string[]): string[] {
  const known = titles.filter((title) => notes[title] !== undefined);
  return known.length === 0 ? [] : ["columns:", ...known.map((title) => `  ${title}: ${notes[title]!}`), ""];
}

/** Columns that say how GPUs divide a model. */
const divisionTitles = ["divided as", "decode as", "prefill as"];

/** The parts of the divisions that a table shows, as the note of the first column with one. */
function divisionNotes<Row>(
  titles: readonly string[],
  rows: readonly Row[],
  columns: readonly RackColumn<Row>[],
): Record<string, string> {
  const own = columns.filter(([title]) => divisionTitles.includes(title));
  const first = titles.find((title) => divisionTitles.includes(title));
  const parts = partsHelp(own.flatMap(([, cell]) => rows.map((row) => String(cell(row) ?? ""))));
  return first === undefined || parts === "" ? {} : { [first]: parts };
}

/** The times of passes, kernel by kernel; passes without a time are left out. */
const formatTimes = (passes: readonly TimedPass[]): string =>
  passes
    .flatMap(({ title, time }) => (time === null ? [] : [["", title, ...explain(time, 1)].join("\n")]))
    .join("\n");

/** A number as text; `-` for none. */
export const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? "-" : format(value);

/** Memory that is lacking; `-` for none. */
export const formatShortage = (bytes: number): string => (bytes > 0 ? formatBytes(bytes) : "-");

/**
 * Assumptions of every answer: weights, quantities from the user, numbers that were not read at their source, and
 * pairings of models with contexts and variants that are left out or insisted on.
 */
export function machineLines(question: RackQuestion): string[] {
  const { weights, set } = question;
  const settings = rackSettings(question);
  return [
    ...pairingLines(question),
    [
      `weights in ${weights ?? "nvfp4, or fp8 if the GPU has no FP4; as shipped if that is 4 bits"}`,
      ...set.map((setting) => `${setting}, as given`),
    ].join("; "),
    ...unreadLines(settings.flatMap(({ system, model }) => [system, model])),
  ];
}

/** The two records in which a latent cache is counted, for models that have one. */
export const recordLines = (question: Omit<RackQuestion, "context">): string[] => {
  const settings = rackSettings({ ...question, context: [1] });
  return settings.some(({ model }) => model.attention.some((group) => attentionLayer(group).latent))
    ? [
        "latent caches: `dense` counts a token's numbers in the KV type (576 of them: 576 B a layer in fp8), `mla` FlashMLA's record, whose fp8 has scales and a bf16 rotary key (656 B)",
      ]
    : [];
};

/** Assumptions of every answer about times. */
export const timeLines = (question: RackQuestion): string[] => [
  ...productLines(rackSettings(question)),
  ...machineNotes(rackSettings(question)),
  ...unlikeKernels(rackSettings(question)),
  ...(question.attentionWeights === undefined ? [] : [`attention weights in ${question.attentionWeights}`]),
  ...(question.overlapLinks
    ? ["exchanges between GPUs hide behind the work of another half of the batch"]
    : []),
  ...denseLines(question),
  `experts are chosen as ${formatRouting(question.routing ?? (question.profile === "ideal" ? "even" : usualRouting))}`,
  ...passAssumptions,
];

/** Models without experts, on which a routing that was asked for has no effect. */
function denseLines(question: RackQuestion): string[] {
  if (question.routing === undefined) return [];
  const dense = rackSettings(question).flatMap(({ model }) =>
    expertsOf(model).length === 0 ? [model.name] : [],
  );
  return dense.length === 0
    ? []
    : [`no experts, so that the routing has no effect: ${distinct(dense).join(", ")}`];
}

/** The assumption about drafts. */
export const draftLine = ({ tokens, acceptance }: Drafting): string =>
  tokens === 0
    ? "each step yields one token a user: nothing is drafted"
    : `${tokens} tokens drafted before each step, ${acceptanceLine(acceptance)}`;
