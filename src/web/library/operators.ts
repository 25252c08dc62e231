import type { OperatorTime } from "../../hardware/kernels/operator-time.ts";

/** A kernel of a pass with all its runs: its name without sizes, and its amounts on one GPU. */
export interface PassOperator {
  readonly name: string;
  readonly seconds: number;
  readonly flops: number;
  /** read from and written to HBM */
  readonly bytes: number;
  readonly linkBytes: number;
}

/** Sizes in the names of kernels: ` 64 x 2112 x 7168`, `, 28.4 of 256 here`, ` among 64`, `, 128 query heads`. */
const sizes = / \d[\d.]*( x \d[\d.]*)+|, [\d.]+ of \d+ here| among \d+|, \d+ query heads/g;

/** The kernels of a pass, those of one name together, the longest first. */
export function operatorsOf(time: OperatorTime): PassOperator[] {
  const found = new Map<string, PassOperator>();
  const visit = (part: OperatorTime, count: number): void => {
    if (part.parts.length > 0) {
      const own = part.parts.reduce((sum, { seconds }) => sum + seconds, 0);
      // a part that runs several times has the time of all its runs, and holds one of them
      for (const inner of part.parts) visit(inner, own > 0 ? (count * part.seconds) / own : count);
      return;
    }
    const name = part.name.replaceAll(sizes, "");
    const before = found.get(name) ?? { name, seconds: 0, flops: 0, bytes: 0, linkBytes: 0 };
    found.set(name, {
      name,
      seconds: before.seconds + count * part.seconds,
      flops: before.flops + count * part.flops,
      bytes: before.bytes + count * part.bytes,
      linkBytes: before.linkBytes + count * part.linkBytes,
    });
  };
  visit(time, 1);
  return [...found.values()].filter(({ seconds }) => seconds > 0).sort((a, b) => b.seconds - a.seconds);
}
