import { useEffect, useRef, useState } from "preact/hooks";
import type {
  AnswerOf,
  AskedName,
  AskMessage,
  DropMessage,
  HelpMessage,
  QuestionOf,
  ReplyMessage,
} from "../questions.ts";
import { startWorker } from "./parts.ts";

/** An answer as far as it has come. */
export interface Answered<Answer> {
  /** undefined until its first part has come */
  readonly answer?: Answer;
  readonly error?: string;
  /** whether more is to come */
  readonly isOpen: boolean;
  /** milliseconds from the question to the first part, and to the last */
  readonly firstMs?: number;
  readonly allMs?: number;
}

const worker = startWorker("library");
const listeners = new Map<number, (message: ReplyMessage) => void>();
let asked = 0;

/** Starts a second worker, which helps the first. */
async function startHelper(first: Worker): Promise<void> {
  const second = await startWorker("library");
  const { port1, port2 } = new MessageChannel();
  second.postMessage({ helps: true } satisfies HelpMessage, [port1]);
  first.postMessage({ helps: false } satisfies HelpMessage, [port2]);
}

worker.then(
  (started) => {
    started.addEventListener("message", ({ data }: MessageEvent<ReplyMessage>) =>
      listeners.get(data.id)?.(data),
    );
    // the second worker does not hold up the first answer
    if (navigator.hardwareConcurrency > 1)
      started.addEventListener("message", () => void startHelper(started), { once: true });
  },
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    for (const [id, listener] of listeners) listener({ id, kind: "error", message });
  },
);

/** Asks the library. A newer question of the same slot takes the place of this one. Returns a function that drops the question. */
function ask<Name extends AskedName>(
  { slot, name, question }: Omit<AskMessage<Name>, "id">,
  listener: (message: ReplyMessage) => void,
): () => void {
  const id = asked++;
  listeners.set(id, listener);
  const message: AskMessage = { id, slot, name, question };
  void worker.then((started) => started.postMessage(message));
  return () => {
    listeners.delete(id);
    const dropped: DropMessage = { id, slot };
    void worker.then((started) => started.postMessage(dropped));
  };
}

/** The last part of an answer to a question that is asked once. */
export const askOnce = <Name extends AskedName>(
  asked: Omit<AskMessage<Name>, "id">,
): Promise<AnswerOf<Name>> =>
  new Promise((resolve, reject) => {
    let last: unknown;
    ask(asked, (message) => {
      if (message.kind === "part") last = message.answer;
      else if (message.kind === "end") resolve(last as AnswerOf<Name>);
      else reject(new Error(message.message));
    });
  });

/**
 * The library's answer to a question, which is asked again when it changes. The answer before stays until then.
 *
 * @param question undefined: nothing is asked yet
 */
export function useAnswer<Name extends AskedName>(
  name: Name,
  question: QuestionOf<Name> | undefined,
): Answered<AnswerOf<Name>> {
  const [answered, setAnswered] = useState<Answered<AnswerOf<Name>>>({ isOpen: true });
  const text = JSON.stringify(question);
  const latest = useRef(question);
  latest.current = question;
  useEffect(() => {
    const current = latest.current;
    if (current === undefined) return undefined;
    const since = performance.now();
    const elapsed = (): number => performance.now() - since;
    let firstMs: number | undefined;
    setAnswered((before) => ({ ...before, isOpen: true }));
    return ask({ slot: name, name, question: current }, (message) => {
      if (message.kind === "error") setAnswered({ error: message.message, isOpen: false });
      else if (message.kind === "part") {
        firstMs ??= elapsed();
        setAnswered({ answer: message.answer as AnswerOf<Name>, isOpen: true, firstMs });
      } else setAnswered((before) => ({ ...before, isOpen: false, allMs: elapsed() }));
    });
  }, [name, text]);
  return answered;
}
