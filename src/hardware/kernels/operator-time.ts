import { formatSeconds, formatUnit } from "../../core/units.ts";

/** A part of an operator's time: an amount at a rate, or seconds alone. */
export interface Term {
  readonly what: string;
  readonly seconds: number;
  readonly amount?: number;
  readonly unit?: "FLOP" | "B" | "exp";
}

/** Time and work of an operator on one GPU, with their parts. */
export interface OperatorTime {
  readonly name: string;
  readonly seconds: number;
  /** computed operations, the padding of tiles included, as for exponentials */
  readonly flops: number;
  /** read from and written to HBM */
  readonly bytes: number;
  readonly exponentials: number;
  /** sent over links, each direction */
  readonly linkBytes: number;
  /** numbers in the model's matrices that it multiplies, each counted once */
  readonly weights: number;
  /** terms of one kernel; they may overlap, so that they need not add up to `seconds` */
  readonly terms: readonly Term[];
  /** kernels of a module, which add up */
  readonly parts: readonly OperatorTime[];
  /** kernels that run beside others; this part takes off the time that they do not add, so that it has less than none */
  readonly hides: readonly OperatorTime[];
}

/** An operator of one kernel. The amounts of its terms are its totals unless `totals` gives others. */
export function kernelTime(
  name: string,
  seconds: number,
  terms: readonly Term[],
  totals: Partial<OperatorTime> = {},
): OperatorTime {
  // a replay makes millions of these: one loop, no closures
  const shown: Term[] = [];
  let [flops, bytes, exponentials] = [0, 0, 0];
  for (const term of terms) {
    const { amount = 0, unit } = term;
    if (unit === "FLOP") flops += amount;
    else if (unit === "B") bytes += amount;
    else if (unit === "exp") exponentials += amount;
    if (term.seconds > 0) shown.push(term);
  }
  return {
    name: totals.name ?? name,
    seconds: totals.seconds ?? seconds,
    flops: totals.flops ?? flops,
    bytes: totals.bytes ?? bytes,
    exponentials: totals.exponentials ?? exponentials,
    linkBytes: totals.linkBytes ?? 0,
    weights: totals.weights ?? 0,
    terms: totals.terms ?? shown,
    parts: totals.parts ?? [],
    hides: totals.hides ?? [],
  };
}

/** The time with one more pass over memory, before or after the rest. */
export const withPass = (time: OperatorTime, what: string, bytes: number, seconds: number): OperatorTime => ({
  ...time,
  seconds: time.seconds + seconds,
  bytes: time.bytes + bytes,
  terms: seconds > 0 ? [...time.terms, { what, seconds, amount: bytes, unit: "B" }] : time.terms,
});

/** Kernels that run one after the other. */
export function sequence(name: string, parts: readonly OperatorTime[]): OperatorTime {
  let [seconds, flops, bytes, exponentials, linkBytes, weights] = [0, 0, 0, 0, 0, 0];
  for (const part of parts) {
    seconds += part.seconds;
    flops += part.flops;
    bytes += part.bytes;
    exponentials += part.exponentials;
    linkBytes += part.linkBytes;
    weights += part.weights;
  }
  return { name, seconds, flops, bytes, exponentials, linkBytes, weights, terms: [], parts, hides: [] };
}

/** Seconds of the terms of some kernels in a unit, one after another. Kernels that send over links count nothing. */
function termSeconds(times: readonly OperatorTime[], unit: Term["unit"]): number {
  let sum = 0;
  for (const { linkBytes, terms, parts } of times) {
    if (parts.length > 0) sum += termSeconds(parts, unit);
    else if (linkBytes === 0) for (const term of terms) if (term.unit === unit) sum += term.seconds;
  }
  return sum;
}

/**
 * Kernels one after the other, and others beside them on a second stream. Together they take the longer of the two, but
 * no less than the HBM accesses, the arithmetic or the exponentials of all of them one after another.
 */
export function beside(
  name: string,
  first: readonly OperatorTime[],
  second: readonly OperatorTime[],
): OperatorTime {
  const kernels = [...first, ...second];
  const seconds = (times: readonly OperatorTime[]): number =>
    times.reduce((sum, each) => sum + each.seconds, 0);
  const least = Math.max(
    seconds(first),
    seconds(second),
    termSeconds(kernels, "B"),
    termSeconds(kernels, "FLOP"),
    termSeconds(kernels, "exp"),
  );
  const saved = seconds(kernels) - least;
  return sequence(
    name,
    saved > 0
      ? [...kernels, kernelTime("less kernels that run beside others", -saved, [], { hides: second })]
      : kernels,
  );
}

/** An operator that runs `count` times, or a share of it: all its amounts are scaled. */
export const times = (count: number, time: OperatorTime): OperatorTime => ({
  name: `${Number(count.toPrecision(3))} x ${time.name}`,
  seconds: count * time.seconds,
  flops: count * time.flops,
  bytes: count * time.bytes,
  exponentials: count * time.exponentials,
  linkBytes: count * time.linkBytes,
  weights: count * time.weights,
  terms: [],
  parts: [time],
  hides: [],
});

/** Time of terms that run side by side: (a^p + b^p + ...)^(1/p), which is the longest one for infinite p. */
export function sideBySide(p: number, seconds: readonly number[]): number {
  const longest = Math.max(...seconds, 0);
  if (longest === 0 || p === Infinity) return longest;
  return longest * seconds.reduce((sum, each) => sum + (each / longest) ** p, 0) ** (1 / p);
}

/** Lines that explain an operator's time: `gemm 12 us: arithmetic 8 us (1.2 TFLOP at 150 TFLOP/s)`. */
export function explain(time: OperatorTime, depth = 0): string[] {
  const terms = time.terms.map(({ what, seconds, amount, unit }) =>
    amount === undefined || unit === undefined
      ? `${what} ${formatSeconds(seconds)}`
      : `${what} ${formatSeconds(seconds)} (${formatUnit(amount, unit)} at ${formatUnit(amount / seconds, `${unit}/s`)})`,
  );
  const detail = terms.length > 0 ? `: ${terms.join(", ")}` : "";
  return [
    `${"  ".repeat(depth)}${time.name} ${formatSeconds(time.seconds)}${detail}`,
    // an exchange within one GPU takes no time; what runs beside other kernels is taken off
    ...time.parts.filter((part) => part.seconds !== 0).flatMap((part) => explain(part, depth + 1)),
  ];
}
