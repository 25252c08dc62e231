import type { SoftmaxRead } from "../../attention/mean-field/reads.ts";
import type { Random } from "../../core/random.ts";
import { isRecent, shareOf } from "./choice.ts";
import type { FoundRecords } from "./found.ts";
import type { HeadReads } from "./heads.ts";
import type { NormalKeys } from "./key-sums.ts";

/** Tokens that a read takes besides the records found: the other tokens of these, and of the crowd's kin. */
export class TokensBesides {
  rows = 0;
  /** expected sum of exp(logit) */
  sum = 0;
  /** expected sum of exp(2 logit) */
  squares = 0;
  readonly #g: number;
  readonly #length: number;
  /** rows, share and odds of each group of tokens */
  readonly #groups: number[] = [];
  /** expected exp(logit) and exp(2 logit) of a token of the last group, and its share */
  #share = NaN;
  #expected = 0;
  #squared = 0;

  /**
   * @param g sharpness
   * @param length of the query's code
   */
  constructor(g: number, length: number) {
    this.#g = g;
    this.#length = length;
  }

  /**
   * Adds tokens whose keys share the part `share` with the query's code.
   *
   * @param odds divisor of their exponentials
   */
  add(rows: number, share: number, odds: number): void {
    if (rows === 0) return;
    if (share !== this.#share) {
      const { mean, variance } = this.#logitsOf(share);
      this.#share = share;
      this.#expected = Math.exp(mean + variance / 2);
      this.#squared = Math.exp(2 * mean + 2 * variance);
    }
    this.rows += rows;
    this.sum += (rows / odds) * this.#expected;
    this.squares += (rows / odds ** 2) * this.#squared;
    this.#groups.push(rows, share, odds);
  }

  /** The groups of tokens, for sums that few of them decide. */
  groups(): NormalKeys[] {
    const groups: NormalKeys[] = [];
    for (let i = 0; i < this.#groups.length; i += 3) {
      const [rows, share, odds] = [this.#groups[i]!, this.#groups[i + 1]!, this.#groups[i + 2]!];
      const { mean, variance } = this.#logitsOf(share);
      groups.push({ keys: rows, mean: mean - Math.log(odds), deviation: Math.sqrt(variance) });
    }
    return groups;
  }

  #logitsOf(share: number): { readonly mean: number; readonly variance: number } {
    const g = this.#g;
    return { mean: g * share * this.#length, variance: g * g * (1 - share * share) };
  }
}

/**
 * Reads of the other tokens of the records found, and of the crowd's kin that are not among them.
 *
 * @param length of the query's code
 */
export function readBesides(
  read: SoftmaxRead,
  { crowd, kin: all }: HeadReads,
  found: FoundRecords,
  { length, random }: { readonly length: number; readonly random: Random },
): TokensBesides {
  const { fidelity: rho, asking } = crowd;
  const { distances, similarities, kin } = found;
  const root = Math.sqrt(crowd.coherence);
  const total = new TokensBesides(crowd.sharpness, length);
  const near = read.recent?.read ? 1 : 0;
  for (let i = 0; i < found.noisy; i++) {
    const others = all[kin[i]!]!.recordTokens - 1;
    const share = read.chance ? read.chance(distances[i]!) : shareOf(read, kin[i]!).members;
    const chance = isRecent(read, distances[i]!) ? near : share;
    // whole tokens, because there are few of them
    const rows = drawCount(others, chance, random);
    total.add(rows, root * similarities[i]!, read.weighed && chance > 0 ? chance : 1);
  }
  if (asking > 0) total.add(asking * (read.recent ? near : read.members), root, 1);
  for (let k = 1; k < all.length; k++) {
    if (kin.includes(k)) continue;
    const { count, similarity, recordTokens: tokens } = all[k]!;
    const { match, members } = shareOf(read, k);
    total.add(count * match, rho * similarity, 1);
    total.add(count * (tokens - 1) * members, root * similarity, 1);
  }
  return total;
}

/** Number of tokens read: a draw from binomial(tokens, chance), by the Poisson number of those read or of those left. */
function drawCount(tokens: number, chance: number, random: Random): number {
  if (chance <= 0 || chance >= 1) return chance <= 0 ? 0 : tokens;
  return chance < 0.5
    ? Math.min(tokens, random.poisson(tokens * chance))
    : tokens - Math.min(tokens, random.poisson(tokens * (1 - chance)));
}
