import type { AskedName, AskMessage, DropMessage, HelpMessage, ReplyMessage } from "../questions.ts";
import { answers } from "./answers.ts";
import { pause } from "./ports.ts";
import type { Port } from "./ports.ts";
import { helpAt, takeHelper } from "./pool.ts";

// The worker that has the library. It answers questions, and leaves a question when a newer one takes its place.

/** The newest question of each slot. */
const newest = new Map<string, number>();

const reply = (message: ReplyMessage): void => postMessage(message);

async function answer<Name extends AskedName>({ id, slot, name, question }: AskMessage<Name>): Promise<void> {
  newest.set(slot, id);
  await pause();
  try {
    for await (const part of answers[name](question, () => performance.now())) {
      if (newest.get(slot) !== id) return;
      if (part !== undefined) reply({ id, kind: "part", answer: part });
      await pause();
      if (newest.get(slot) !== id) return;
    }
    reply({ id, kind: "end" });
  } catch (error) {
    reply({ id, kind: "error", message: error instanceof Error ? error.message : String(error) });
  }
}

addEventListener(
  "message",
  ({ data, ports: [port] }: MessageEvent<AskMessage | DropMessage | HelpMessage>) => {
    if ("helps" in data) (data.helps ? helpAt : takeHelper)(port as unknown as Port);
    else if ("name" in data) void answer(data);
    else if (newest.get(data.slot) === data.id) newest.delete(data.slot);
  },
);
