/** Further copies of hot experts: a number, or an eighth of the experts. */
export type Copies = number | "usual";

/**
 * Slots for experts on all ranks. There is one for each expert, and `copies` more, rounded up to the same number on each
 * rank. The usual copies are at most an eighth of the experts, as the 32 that DeepSeek and SGLang add to 256
 * (https://lmsys.org/blog/2025-05-05-large-scale-ep): whole slots of ranks, rounded down. Ranks that divide neither the
 * experts nor them with an eighth more have no usual copies, and a rank alone needs none.
 */
export function slotsOf(experts: number, copies: Copies, ranks: number): number {
  if (ranks === 1) return experts;
  if (copies !== "usual") return Math.ceil((experts + copies) / ranks) * ranks;
  const most = Math.floor((experts * 9) / 8);
  const alike = experts % ranks === 0 || most % ranks === 0;
  return alike ? Math.floor(most / ranks) * ranks : experts;
}

/**
 * Loads of the slots on each rank after DeepSeek's load balancer, without groups of experts: `replicate_experts`, then
 * `balanced_packing` (github.com/deepseek-ai/EPLB, eplb.py). Each further slot goes to the expert with the most load a
 * copy, whose copies share its load evenly. Then slots, largest first, go to the rank with the least load that has room.
 *
 * @param loads of each expert
 * @param slots at least the number of experts, and a multiple of `ranks`
 */
export function balance(loads: Float64Array, slots: number, ranks: number): number[][] {
  const copies = new Float64Array(loads.length).fill(1);
  const each = loads.slice();
  for (let slot = loads.length; slot < slots; slot++) {
    const hottest = indexOfMost(each);
    copies[hottest] = copies[hottest]! + 1;
    each[hottest] = loads[hottest]! / copies[hottest];
  }
  const largestFirst = new Float64Array(slots);
  let filled = 0;
  each.forEach((load, expert) => largestFirst.fill(load, filled, (filled += copies[expert]!)));
  largestFirst.sort().reverse();
  const placed = Array.from({ length: ranks }, (): number[] => []);
  const sums = new Float64Array(ranks);
  for (const load of largestFirst) {
    const rank = indexOfLeast(sums);
    placed[rank]!.push(load);
    // a full rank takes no more
    sums[rank] = placed[rank]!.length < slots / ranks ? sums[rank]! + load : Infinity;
  }
  return placed;
}

/** The index of the largest number, the first of equal ones. */
function indexOfMost(numbers: Float64Array): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! > numbers[best]!) best = i;
  return best;
}

/** The index of the smallest number, the first of equal ones. */
function indexOfLeast(numbers: Float64Array): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! < numbers[best]!) best = i;
  return best;
}
