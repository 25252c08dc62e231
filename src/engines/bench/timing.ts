/** Milliseconds after which the threads of whoever ran before have gone to sleep. */
export const settling = 30;

const mostCalls = 1000;

/** How long to measure. */
export interface Effort {
  /** after which no call is begun */
  readonly seconds: number;
  /** whether a first call is made that does not count */
  readonly warmUp: boolean;
}

/** Milliseconds of each call of `run`, of one at least. */
export function timeCalls(run: () => unknown, { seconds, warmUp }: Effort): number[] {
  if (warmUp) run();
  const times: number[] = [];
  for (let total = 0; times.length === 0 || (total < 1000 * seconds && times.length < mostCalls);) {
    const start = performance.now();
    run();
    const ms = performance.now() - start;
    times.push(ms);
    total += ms;
  }
  return times;
}
