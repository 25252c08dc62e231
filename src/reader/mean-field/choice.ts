import { atPlace } from "../../attention/mean-field/reads.ts";
import type { RecordChoice, Share, SoftmaxRead } from "../../attention/mean-field/reads.ts";
import { upperTail } from "../../core/normal.ts";
import { orderOf } from "./found.ts";
import type { Draws, FoundRecords } from "./found.ts";

type ChanceChoice = RecordChoice & Pick<SoftmaxRead, "chance">;

/** Share of a kin's records that a read chooses. */
export const shareOf = (choice: RecordChoice, kin: number): Share =>
  (kin === 0 ? undefined : choice.like?.[kin - 1]) ?? choice;

/** Whether a record lies in the newest tokens, of which all or none are read. */
export const isRecent = ({ recent }: RecordChoice, distance: number): boolean =>
  recent !== undefined && distance < recent.tokens;

/** Whether a read chooses a record found, by the draws of its head or those of all heads. */
export function isChosen(
  choice: ChanceChoice,
  found: FoundRecords,
  head: { readonly records: Draws },
  i: number,
): boolean {
  const { recent, first, alike = 0 } = choice;
  if (first && found.isSink(i)) return true;
  if (isRecent(choice, found.distances[i]!)) return recent!.read;
  const chance = chanceOf(choice, found, i);
  if (chance >= 1 || chance <= 0) return chance >= 1;
  const draws = choice.shared ? found.draws : head.records;
  // the part of a draw that counts for nothing is not drawn
  const common = alike === 0 ? 0 : Math.sqrt(alike) * draws.common();
  const own = alike === 1 ? 0 : Math.sqrt(1 - alike) * draws.own(i);
  return upperTail(common + own) < chance;
}

/** Probability that a read chooses a record, at the place where it stands. */
function chanceOf(choice: ChanceChoice, found: FoundRecords, i: number): number {
  if (choice.chance) return choice.chance(found.distances[i]!);
  const { match, offsets } = shareOf(choice, found.kin[i]!);
  return offsets ? atPlace(offsets, { offset: found.offsetOf(i, choice), order: orderOf(i, choice) }) : match;
}

/** Divisor of a row's weight: the probability that it is read, for reads that make up for it; else 1. */
export function oddsOf(read: SoftmaxRead, found: FoundRecords, i: number): number {
  if (!read.weighed) return 1;
  const always = isRecent(read, found.distances[i]!) || (read.first && found.isSink(i));
  return always ? 1 : chanceOf(read, found, i);
}
