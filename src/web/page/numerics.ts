import { useEffect, useRef, useState } from "preact/hooks";
import type { TrialRow } from "../../trial/columns.ts";
import type { NumericsMessage, NumericsQuestion } from "../numerics/messages.ts";
import { startWorker } from "./parts.ts";

/** Trials in full numerics as far as they have come. */
export interface NumericsRun {
  readonly question: NumericsQuestion;
  readonly rows: readonly TrialRow[];
  readonly total: number;
  readonly isRunning: boolean;
  readonly error?: string;
}

/** A run in full numerics, in a worker of its own. */
export interface NumericsUse {
  readonly run: NumericsRun | undefined;
  readonly start: (question: NumericsQuestion) => void;
  /** ends the run; its rows stay */
  readonly cancel: () => void;
}

export function useNumerics(): NumericsUse {
  const [run, setRun] = useState<NumericsRun>();
  const worker = useRef<Worker>(undefined);
  /** number of the run that the worker belongs to */
  const current = useRef(0);
  const update = (change: (before: NumericsRun) => NumericsRun): void =>
    setRun((before) => before && change(before));
  const end = (): void => {
    current.current++;
    worker.current?.terminate();
    worker.current = undefined;
  };
  useEffect(() => end, []);

  async function begin(question: NumericsQuestion): Promise<void> {
    end();
    const own = current.current;
    setRun({ question, rows: [], total: question.trials * question.variants.length, isRunning: true });
    const started = await startWorker("numerics");
    if (own !== current.current) {
      started.terminate();
      return;
    }
    worker.current = started;
    started.addEventListener("message", ({ data }: MessageEvent<NumericsMessage>) => {
      if (data.kind === "row") update((before) => ({ ...before, rows: [...before.rows, data.row] }));
      else {
        end();
        const error = data.kind === "error" ? { error: data.message } : {};
        update((before) => ({ ...before, ...error, isRunning: false }));
      }
    });
    started.postMessage(question);
  }

  return {
    run,
    start: (question) =>
      void begin(question).catch((error: unknown) =>
        update((before) => ({ ...before, error: String(error), isRunning: false })),
      ),
    cancel: () => {
      end();
      update((before) => ({ ...before, isRunning: false }));
    },
  };
}
