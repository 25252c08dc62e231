import { Presets, SingleBar } from "cli-progress";

/** A bar with the time left, on stderr; nothing where that is no terminal. */
export interface Progress {
  /** a step of this much work is done */
  advance(work: number): void;
  stop(): void;
}

/**
 * @param work of all steps together, in any unit that time is roughly proportional to
 * @param what the steps are
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

/** Does work with a bar, which starts when the first step tells the number of all. @param name of the steps */
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
