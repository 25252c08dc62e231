import { readerParams, resolveReader } from "../../../reader/params.ts";
import { text } from "../../../reader/geometry/text.ts";
import { formatCall } from "../../../core/spec.ts";
import { parseGeometry } from "../../../reader/geometry/geometry.ts";
import type { MeasuredScore } from "../measured.ts";
import { seenRows } from "../reader.ts";
import type { SeenRows } from "../reader.ts";
import type { AgreementReader } from "../simulate.ts";

/** A range in which a number is fitted; the search takes equal steps of the number itself. */
interface FitRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Numbers of the reader that are fitted; all others stay as they are. The first three decide how well dense attention
 * reads, the last three how far an answer stands out before it is asked for.
 */
export const fittedNumbers = {
  sharpness: { low: 3, high: 8 },
  headFall: { low: 0.5, high: 0.95 },
  guess: { low: 0.1, high: 0.6 },
  salience: { low: 1, high: 8 },
  opinion: { low: 0.1, high: 0.95 },
  gather: { low: 0.5, high: 6 },
} as const satisfies Readonly<Record<string, FitRange>>;

export type FittedName = keyof typeof fittedNumbers;

export const fittedNames = Object.keys(fittedNumbers) as readonly FittedName[];

/** Values of the fitted numbers. */
export type FittedPoint = Readonly<Record<FittedName, number>>;

/** Methods that numbers are fitted to, dense attention's own scores among them. */
export const fittedRows: SeenRows = {
  role: "fitted",
  source: "NVIDIA kvpress leaderboard (RULER 4K, raw backing data)",
  model: "meta-llama/Llama-3.1-8B-Instruct",
  tokens: 4096,
  methods: ["dense", "snapkv", "tova", "keydiff"],
};

/** Rows that a fitted reader has seen: those that are fitted, and those that its other numbers were chosen for. */
export const seenByFit: readonly SeenRows[] = [
  fittedRows,
  ...seenRows.map((rows) => ({
    ...rows,
    methods: rows.methods.filter((method) => !isFitted({ ...rows, method })),
  })),
];

/** Whether numbers are fitted to rows of this kind. */
export function isFitted({
  source,
  model,
  tokens,
  method,
}: Pick<MeasuredScore, "source" | "model" | "tokens" | "method">): boolean {
  return (
    source === fittedRows.source &&
    model === fittedRows.model &&
    tokens === fittedRows.tokens &&
    fittedRows.methods.includes(method)
  );
}

/** Values that the fitted numbers have in a reader. */
export function pointOfReader(reader: AgreementReader): FittedPoint {
  const { text: values } = parseGeometry(String(reader.geometry ?? "none"));
  const all: Readonly<Record<string, unknown>> = { ...resolveReader(reader), ...values };
  return Object.fromEntries(fittedNames.map((name) => [name, Number(all[name])])) as FittedPoint;
}

/** A reader with these values of its fitted numbers, some of which are the geometry's. */
export function readerAt(reader: AgreementReader, point: FittedPoint): AgreementReader {
  const own = (params: object): Record<string, number> =>
    Object.fromEntries(fittedNames.filter((name) => name in params).map((name) => [name, point[name]]));
  const { text: values } = parseGeometry(String(reader.geometry ?? "none"));
  const geometry = parseGeometry(formatCall("text", { ...values, ...own(text.params) })).spec;
  return { ...reader, ...own(readerParams), geometry };
}
