import { performance } from "node:perf_hooks";
import { SingleBar } from "cli-progress";

/** Shows a bar with the time left on stderr; shows nothing if stderr is not a terminal. */
export interface Progress {
  /** Moves the bar by the work of a finished step. */
  advance(work: number): void;
  stop(): void;
}

/** Progress so far, in numbers. */
export interface ProgressFacts {
  readonly done: number;
  readonly steps: number;
  /** the steps in words: `trials` */
  readonly what: string;
  /** share of the work that is done, 0 to 1 */
  readonly share: number;
  /** seconds since the start */
  readonly seconds: number;
}

/** Progress as a line: `3/8 trials, 12s gone, 20s left`. The time left is said once a step is done. */
export function progressLine({ done, steps, what, share, seconds }: ProgressFacts): string {
  const left = share > 0 && share < 1 ? [`${formatTime((seconds * (1 - share)) / share)} left`] : [];
  return [`${done}/${steps} ${what}`, `${formatTime(seconds)} gone`, ...left].join(", ");
}

/** A time in whole units: `<1s`, `42s`, `5m07s`, `2h05m`. */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 1) return "<1s";
  if (whole < 60) return `${whole}s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}m${two(whole % 60)}s`
    : `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

/** Characters of a bar. */
const barWidth = 30;

/**
 * Starts a bar.
 *
 * @param work of all steps together, in a unit that time is roughly proportional to
 * @param what the steps in words
 */
export function startProgress(steps: number, work: number, what = "trials"): Progress {
  const started = performance.now();
  let done = 0;
  const bar = new SingleBar({
    format: (_options, { progress: share }) => {
      const seconds = (performance.now() - started) / 1000;
      const full = Math.round(barWidth * share);
      const bar = "\u2588".repeat(full) + "\u2591".repeat(barWidth - full);
      return `${bar} ${progressLine({ done, steps, what, share, seconds })}`;
    },
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  bar.start(work, 0);
  return {
    advance(more) {
      done++;
      bar.increment(more);
    },
    stop: () => bar.stop(),
  };
}

/** Does work with a bar. The bar starts when the first step reports the number of steps. @param name of the steps */
export async function withBar<T>(
  name: string,
  work: (onStep: (steps: number) => void) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  try {
    return await work((steps) => {
      progress ??= startProgress(steps, steps, name);
      progress.advance(1);
    });
  } finally {
    progress?.stop();
  }
}
