import { join } from "node:path";
import { mean } from "../../core/stats.ts";
import { Random } from "../../core/random.ts";
import { writeAtomic } from "../../files/files.ts";
import type { Autograd } from "../../learned/autograd.ts";
import { captureBytes, captureOf } from "../../learned/capture.ts";
import { labelledBatch } from "../../learned/tasks/all.ts";
import type { MqarSizes } from "../../learned/tasks/mqar.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { measureCapture } from "../capture/run.ts";
import type { LearnedCell } from "./grid.ts";
import { measureMatches } from "./matches.ts";
import type { MatchMeasures } from "./matches.ts";
import type { TrainedCell } from "./train-cells.ts";

/** Numbers read off a trained reader. */
export interface ReadOff {
  readonly cell: LearnedCell;
  /** by the queries whose answers are known */
  readonly matches: MatchMeasures;
  /** by `attnsim attend --capture`, which knows no answers */
  readonly capture: {
    readonly spread: number;
    readonly margin: number;
    /** share of queries that put more than half of their weight on one far key, mean over heads */
    readonly retrieving: number;
    /** means over heads */
    readonly meanShare: number;
    readonly effectiveRank: number;
    readonly centredRank: number;
  };
  readonly headDim: number;
  readonly heads: number;
}

/** Length at which numbers are read off, and the pairs of its sequence, each of which is asked for. */
const measuredTokens = 1024;
const measuredPairs = 64;

/** Reads numbers off the weights of a trained reader of one layer, by a capture that is left in `folder`. */
export async function readOff(
  tf: Autograd,
  { cell, state: { weights } }: TrainedCell,
  folder: string,
): Promise<ReadOff> {
  const { shape, seed } = cell.settings;
  const task: MqarSizes = {
    ...(cell.settings.task as MqarSizes),
    tokens: measuredTokens,
    pairs: measuredPairs,
  };
  const batch = labelledBatch(task, 1, new Random(seed).fork("read off"));
  const captured = captureOf(tf, { shape, weights }, batch);
  const path = join(folder, "measured.safetensors");
  writeAtomic(path, captureBytes(captured));
  const { heads, reader } = await measureCapture({
    capture: path,
    variant: ["dense"],
    queries: measuredTokens,
    engine: "reference",
  });
  const of = (name: "retrieving" | "meanShare" | "effectiveRank" | "centredRank"): number =>
    mean(heads.map((head) => head[name]));
  return {
    cell,
    matches: measureMatches(captured, 0),
    capture: {
      spread: reader.params.sharpness,
      margin: reader.margin,
      retrieving: of("retrieving"),
      meanShare: of("meanShare"),
      effectiveRank: of("effectiveRank"),
      centredRank: of("centredRank"),
    },
    headDim: shape.width / shape.heads,
    heads: shape.heads,
  };
}

/** Constructed readers that predict a trained one. */
export const readerKinds = ["default", "measured", "rank"] as const;

export type ReaderKind = (typeof readerKinds)[number];

/**
 * Parameters of a constructed reader: the defaults; those that were measured, at the trained reader's own dimension; or
 * those at a dimension that is the effective rank of its keys. A trained reader adds no noise to its outputs.
 */
export function constructed(
  kind: ReaderKind,
  { matches: { spread, margin, before }, capture: { centredRank }, headDim, heads }: ReadOff,
): Partial<ReaderParams> {
  if (kind === "default") return {};
  const d = kind === "rank" ? Math.max(4, Math.round(centredRank)) : headDim;
  return {
    headDim: d,
    kvHeads: heads,
    sharpness: spread,
    fidelity: Math.min(1, Math.max(0, margin) / Math.sqrt(d)),
    // a token of the record that shares the share c of its variance has sqrt(c) of its match
    coherence: Math.min(1, (Math.max(0, before) / margin) ** 2),
    residualNoise: 0,
  };
}
