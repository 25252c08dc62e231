/** Milliseconds after which the threads of an earlier subject sleep. */
export const settling = 30;

const mostCalls = 1000;

/** Duration of a measurement. */
export interface Effort {
  /** seconds after which no call is begun */
  readonly seconds: number;
  /** whether a first call is made that does not count */
  readonly warmUp: boolean;
}

/** Milliseconds of each call of `run`, which is called at least once. */
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
