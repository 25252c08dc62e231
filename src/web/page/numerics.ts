import { useEffect, useRef, useState } from "preact/hooks";
import type { TrialRow } from "../../trial/columns.ts";
import type { NumericsMessage, NumericsQuestion, ReadsQuestion, ShownReads } from "../numerics/messages.ts";
import { startWorker } from "./parts.ts";

/** A question to full numerics as far as it is answered. */
export interface NumericsRun<Question> {
  readonly question: Question;
  readonly rows: readonly TrialRow[];
  readonly reads: readonly ShownReads[];
  readonly isRunning: boolean;
  readonly error?: string;
}

/** A question to full numerics, in a worker of its own. */
export interface NumericsUse<Question> {
  readonly run: NumericsRun<Question> | undefined;
  readonly start: (question: Question) => void;
  /** ends the run; what it found stays */
  readonly cancel: () => void;
}

export function useNumerics<Question extends NumericsQuestion | ReadsQuestion>(): NumericsUse<Question> {
  const [run, setRun] = useState<NumericsRun<Question>>();
  const worker = useRef<Worker>(undefined);
  /** number of the run that the worker belongs to */
  const current = useRef(0);
  const update = (change: (before: NumericsRun<Question>) => NumericsRun<Question>): void =>
    setRun((before) => before && change(before));
  const end = (): void => {
    current.current++;
    worker.current?.terminate();
    worker.current = undefined;
  };
  useEffect(() => end, []);

  function take(message: NumericsMessage): void {
    if (message.kind === "row") update((before) => ({ ...before, rows: [...before.rows, message.row] }));
    else if (message.kind === "reads")
      update((before) => ({ ...before, reads: [...before.reads, message.reads] }));
    else {
      end();
      const error = message.kind === "error" ? { error: message.message } : {};
      update((before) => ({ ...before, ...error, isRunning: false }));
    }
  }

  async function begin(question: Question): Promise<void> {
    end();
    const own = current.current;
    setRun({ question, rows: [], reads: [], isRunning: true });
    const started = await startWorker("numerics");
    if (own !== current.current) {
      started.terminate();
      return;
    }
    worker.current = started;
    started.addEventListener("message", ({ data }: MessageEvent<NumericsMessage>) => take(data));
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
