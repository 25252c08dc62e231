import { UsageError } from "../../core/errors.ts";
import { formatCall } from "../../core/spec.ts";
import { parseGeometry } from "../../reader/geometry/geometry.ts";
import type { TextGeometry } from "../../reader/geometry/geometry.ts";
import { resolveReader } from "../../reader/params.ts";
import type { GivenReader } from "../calibrate/scores.ts";
import { candidatesOf } from "../explain/candidates.ts";
import type { Candidate } from "../explain/candidates.ts";

/**
 * Numbers of a reader whose keys follow the text, and the values of each that are tried. `shares` multiplies the shares of a
 * key that tell its words and its subject: a match stands out by these.
 */
const tried = {
  sharpness: [4, 5, 7, 10, 14],
  shares: [0.5, 0.75, 1],
  residualNoise: [0.7, 5],
  headFall: [0.75, 0.95],
} as const;

/** Values of the numbers that are fitted. */
export type ReaderNumbers = Readonly<Record<keyof typeof tried, number>>;

/** Every combination of the values that are tried. */
export const triedNumbers: readonly ReaderNumbers[] = tried.sharpness.flatMap((sharpness) =>
  tried.shares.flatMap((shares) =>
    tried.residualNoise.flatMap((residualNoise) =>
      tried.headFall.map((headFall) => ({ sharpness, shares, residualNoise, headFall })),
    ),
  ),
);

/** The parameters of a reader's keys. @throws UsageError for keys that do not follow the text */
function textOf(reader: GivenReader): TextGeometry {
  const { text } = parseGeometry(resolveReader(reader).geometry);
  if (text) return text;
  throw new UsageError(`keys that follow the text are asked for; got geometry ${String(reader.geometry)}`);
}

/** A reader with other parameters of its keys. */
const withText = (reader: GivenReader, changed: Partial<TextGeometry>): GivenReader => ({
  ...reader,
  geometry: parseGeometry(formatCall("text", { ...textOf(reader), ...changed })).spec,
});

/** A reader whose keys tell more or less of their words and subject. */
function withShares(reader: GivenReader, factor: number): GivenReader {
  const { context, subject } = textOf(reader);
  return withText(reader, { context: factor * context, subject: factor * subject });
}

/** A reader with other values of the fitted numbers. */
export function readerAt(
  reader: GivenReader,
  { sharpness, shares, residualNoise, headFall }: ReaderNumbers,
): GivenReader {
  return withText(withShares({ ...reader, sharpness, residualNoise }, shares), { headFall });
}

/** Attention in place of the dense one: the changes that came nearest in explain, and windows. */
const attention = [
  "oracle(k=32768)",
  "oracle(k=4096)",
  "dsa",
  "dsa(k=131072)",
  "index-share(k=131072)",
  "infllm-v2(blocks=1024)",
  "msa(k=1024)",
  "quest(budget=65536)",
  "tree(beam=2048)",
  "sink-window(window=131072)",
];

/** Single changes of a fitted reader with dense attention. */
export function changesOf(reader: GivenReader): Candidate[] {
  const { guess } = textOf(reader);
  const change = (name: string, group: string, changed: GivenReader): Candidate => ({
    name,
    kind: "reader",
    group,
    variant: "dense",
    reader: changed,
  });
  return [
    ...candidatesOf({ variant: "dense", reader }, { specs: attention, rivals: true }),
    ...[0.9, 1.1].map((factor) =>
      change(`shares of words and subject x ${factor}`, "shares", withShares(reader, factor)),
    ),
    ...[0.5, 0.75].map((factor) =>
      change(`guess x ${factor}`, "guess", withText(reader, { guess: factor * guess })),
    ),
  ];
}
