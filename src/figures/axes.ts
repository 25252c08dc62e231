/** A log2 axis of context lengths: 4K, 8K ... 1M. It ends a little beyond the lengths of a panel. */
export function lengthAxis(lengths: readonly number[]): object {
  const exponents = lengths.map((tokens) => Math.round(Math.log2(tokens)));
  const low = Math.min(...exponents);
  const high = Math.max(...exponents);
  return {
    type: "quantitative",
    title: "context, tokens",
    scale: { type: "log", base: 2, padding: 12, nice: false },
    axis: {
      values: Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i)),
      labelExpr: "datum.value >= 1048576 ? datum.value / 1048576 + 'M' : datum.value / 1024 + 'K'",
      grid: true,
    },
  };
}

const highestShare = 1.02;

/** Place of a share on an axis from 0 to 1, in pixels from its upper end. */
export const sharePixel = (value: number, height: number): number => height * (1 - value / highestShare);

/** A linear axis from 0 to 1. */
export const shareAxis = (title: string): object => ({
  type: "quantitative",
  title,
  scale: { domain: [0, highestShare], nice: false },
  axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: ".1f", labelFlush: false },
});

/** Limits of a log axis, with a margin on both sides. */
export const logDomain = (values: readonly number[], margin = 1.6): readonly [number, number] => [
  Math.min(...values) / margin,
  Math.max(...values) * margin,
];

/** Places of values on a vertical axis with a domain, in pixels from its upper end; undefined for an axis without one. */
export function axisPixel(channel: object, height: number): ((value: number) => number) | undefined {
  const { scale } = channel as {
    readonly scale?: { readonly type?: string; readonly domain?: readonly number[] };
  };
  const [low, high] = scale?.domain ?? [];
  if (low === undefined || high === undefined) return undefined;
  if (scale!.type === "log") return (value) => height - logPixel(value, [low, high], height);
  return (value) => (height * (high - value)) / (high - low);
}

/** Leading digits of the labels of a log axis. A shorter axis has more of them. */
function leadingDigits(ratio: number): readonly number[] {
  if (ratio > 20_000) return [1];
  if (ratio > 100) return [1, 3];
  return ratio > 5 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
}

/** Round values of a log axis in ascending order; the first and the last may lie beyond its limits. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, i) => 10 ** (first + i),
  );
  return decades.flatMap((decade) =>
    leadingDigits(high / low).map((digit) => Number((digit * decade).toPrecision(2))),
  );
}

/** Place of a value on a log axis, in pixels from its left end. */
export const logPixel = (value: number, [low, high]: readonly [number, number], width: number): number =>
  (width * Math.log(value / low)) / Math.log(high / low);

/** A log10 axis of bytes: 10 MB, 100 MB, 1 GB. A short axis also has labels between them, such as 20 MB. */
export function bytesAxis(bytes: readonly number[], title: string): object {
  const domain = logDomain(bytes);
  return {
    type: "quantitative",
    title,
    scale: { type: "log", domain, nice: false },
    axis: {
      values: logTicks(domain),
      labelExpr: "replace(format(datum.value, '~s'), /([a-zA-Z]?)$/, ' $1B')",
    },
  };
}
