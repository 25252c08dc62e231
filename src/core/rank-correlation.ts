import { mean } from "./stats.ts";

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const out = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) out[order[i]!] = (from + to + 1) / 2;
    from = to;
  }
  return out;
}

/** Spearman's rank correlation, -1 to 1; null for fewer than two values and for values that are all equal. */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  const [a, b] = [ranks(x), ranks(y)];
  if (a.length < 2) return null;
  const [ma, mb] = [mean(a), mean(b)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    xy += (a[i]! - ma) * (b[i]! - mb);
    xx += (a[i]! - ma) ** 2;
    yy += (b[i]! - mb) ** 2;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

/** Kendall's tau-b, -1 to 1; null for fewer than two values and for values that are all equal. */
export function kendall(x: readonly number[], y: readonly number[]): number | null {
  let [agree, tiesX, tiesY, pairs] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
      pairs++;
      if (a === 0) tiesX++;
      if (b === 0) tiesY++;
      agree += a * b;
    }
  const scale = Math.sqrt((pairs - tiesX) * (pairs - tiesY));
  return scale === 0 ? null : agree / scale;
}
