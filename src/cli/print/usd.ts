/** An amount of money: `$0.084`, `$30`, `$2.50`. */
export const formatUsd = (usd: number): string =>
  usd >= 1 && !Number.isInteger(usd) ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(3))}`;

/** A change as people print it: `-44%`, `+100%`. */
export const formatChange = (change: number): string =>
  `${change < 0 ? "-" : "+"}${Math.round(100 * Math.abs(change))}%`;
