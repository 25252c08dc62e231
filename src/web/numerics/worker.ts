import kernels from "../../../dist/kernels.wasm?inline";
import { wasmEngineHere } from "../../engines/wasm/one-thread.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import { runTrials } from "../../trial/run.ts";
import type { NumericsMessage, NumericsQuestion, ReadsQuestion } from "./messages.ts";
import { readsOf } from "./reads.ts";

// The worker with the tokenizer and the wasm kernels. It answers one question; to cancel, end the worker.

const post = (message: NumericsMessage): void => postMessage(message);

/** The bytes behind a data URL. */
const bytesOf = (address: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));

function run({ task, variants, tokens, trials, seed, reader }: NumericsQuestion): void {
  const ops = wasmEngineHere(bytesOf(kernels));
  for (let trial = 0; trial < trials; trial++)
    runTrials(
      variants.map((variant) => makeTrial({ task, variant, tokens, trial, seed, reader })),
      { ops, onRow: (_, row) => post({ kind: "row", row }) },
    );
}

function show(question: ReadsQuestion): void {
  const ops = wasmEngineHere(bytesOf(kernels));
  for (const variant of question.variants) post({ kind: "reads", reads: readsOf(question, variant, ops) });
}

addEventListener("message", ({ data }: MessageEvent<NumericsQuestion | ReadsQuestion>) => {
  try {
    if (data.kind === "trials") run(data);
    else show(data);
    post({ kind: "end" });
  } catch (error) {
    post({ kind: "error", message: error instanceof Error ? error.message : String(error) });
  }
});
