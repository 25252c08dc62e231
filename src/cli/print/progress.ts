import { Presets, SingleBar } from "cli-progress";

/** A progress bar with the time left, on stderr. It prints nothing if stderr is no terminal. */
export interface Progress {
  /** Moves the bar by the work of one step. */
  advance(work: number): void;
  stop(): void;
}

/**
 * @param work total work of all steps, in a unit that is roughly proportional to time
 * @param what name of the steps
 */
export function startProgress(steps: number, work: number, what = "trials"): Progress {
  const bar = new SingleBar(
    {
      format: `{bar} {done}/{steps} ${what}, {duration_formatted} gone, {eta_formatted} left`,
      etaBuffer: 100,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  let done = 0;
  bar.start(work, 0, { done, steps });
  return {
    advance(more) {
      done++;
      bar.increment(more, { done });
    },
    stop: () => bar.stop(),
  };
}

/** Does work with a bar. The bar starts when the first step tells the number of steps. @param name name of the steps */
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
