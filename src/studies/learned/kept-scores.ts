import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../files/files.ts";
import type { Autograd } from "../../learned/autograd.ts";
import { version } from "../../version.ts";
import { lengthScores } from "./lengths.ts";
import type { LengthSettings, MeasuredReaderCell, SwapScore } from "./lengths.ts";

/** Scores in a file, and all that they depend on. */
interface KeptScores {
  readonly key: string;
  readonly scores: readonly Omit<SwapScore, "cell">[];
}

/**
 * The scores of a reader, length by length. Each length is kept in the reader's folder, so that an interrupted study goes
 * on with the next one.
 */
export function keptScores(
  tf: Autograd,
  reader: MeasuredReaderCell,
  { lengths, problems, ops }: LengthSettings,
  { folder, onStep }: { readonly folder: string; readonly onStep: () => void },
): SwapScore[] {
  const { cell, state } = reader;
  return lengths.flatMap((tokens) => {
    const path = join(folder, `swapped-${tokens}.json`);
    const key = JSON.stringify([version, cell.settings, state.step, problems, tf.getBackend()]);
    const kept = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as KeptScores) : undefined;
    if (kept?.key === key) return kept.scores.map((score) => ({ ...score, cell }));
    const scores = lengthScores(tf, reader, { lengths: [tokens], problems, ops }, onStep);
    // the cell is known by the key
    writeAtomic(
      path,
      JSON.stringify({ key, scores: scores.map((score) => ({ ...score, cell: undefined })) }),
    );
    return scores;
  });
}
