import type { OperatorTime } from "../../hardware/kernels/operator-time.ts";

/** A kernel of a pass with all its runs: its name without sizes, and its amounts on one GPU. */
export interface PassOperator {
  readonly name: string;
  /** time of its runs */
  readonly seconds: number;
  /** of `seconds`: time beside other kernels, which adds nothing to the pass */
  readonly hiddenSeconds: number;
  readonly flops: number;
  /** read from and written to HBM */
  readonly bytes: number;
  readonly linkBytes: number;
}

/** A kernel of a pass with the number of its runs and the time of all that runs beside others, s. */
interface Runs {
  readonly kernel: OperatorTime;
  readonly count: number;
  readonly hiddenSeconds: number;
}

/** Sizes in the names of kernels: ` 64 x 2112 x 7168`, `, 28.4 of 256 here`, ` among 64`, `, 128 query heads`. */
const sizes = / \d[\d.]*( x \d[\d.]*)+|, [\d.]+ of \d+ here| among \d+|, \d+ query heads/g;

const leavesOf = (time: OperatorTime): OperatorTime[] =>
  time.parts.length === 0 ? [time] : time.parts.flatMap(leavesOf);

/** The kernels of a pass. The time that a part takes off is hidden time of the kernels that it names, in proportion to theirs. */
function runsOf(time: OperatorTime): Runs[] {
  if (time.parts.length === 0) return [{ kernel: time, count: 1, hiddenSeconds: 0 }];
  let runs = time.parts.filter(({ hides }) => hides.length === 0).flatMap(runsOf);
  for (const part of time.parts) {
    const hides = new Set(part.hides.flatMap(leavesOf));
    const shown = ({ kernel, count, hiddenSeconds }: Runs): number =>
      hides.has(kernel) ? count * kernel.seconds - hiddenSeconds : 0;
    const all = runs.reduce((sum, each) => sum + shown(each), 0);
    if (all > 0)
      runs = runs.map((each) => ({
        ...each,
        hiddenSeconds: each.hiddenSeconds - (part.seconds * shown(each)) / all,
      }));
  }
  const own = time.parts.reduce((sum, { seconds }) => sum + seconds, 0);
  // a part that runs several times has the time of all its runs, and holds one of them
  const times = own > 0 ? time.seconds / own : 1;
  return runs.map(({ kernel, count, hiddenSeconds }) => ({
    kernel,
    count: times * count,
    hiddenSeconds: times * hiddenSeconds,
  }));
}

/**
 * The kernels of a pass, those of one name together, the longest first. Their times less the hidden ones add up to the time
 * of the pass.
 */
export function operatorsOf(time: OperatorTime): PassOperator[] {
  const found = new Map<string, PassOperator>();
  for (const { kernel, count, hiddenSeconds } of runsOf(time)) {
    const name = kernel.name.replaceAll(sizes, "");
    const before = found.get(name) ?? {
      name,
      seconds: 0,
      hiddenSeconds: 0,
      flops: 0,
      bytes: 0,
      linkBytes: 0,
    };
    found.set(name, {
      name,
      seconds: before.seconds + count * kernel.seconds,
      hiddenSeconds: before.hiddenSeconds + hiddenSeconds,
      flops: before.flops + count * kernel.flops,
      bytes: before.bytes + count * kernel.bytes,
      linkBytes: before.linkBytes + count * kernel.linkBytes,
    });
  }
  return [...found.values()].filter(({ seconds }) => seconds > 0).sort((a, b) => b.seconds - a.seconds);
}
