import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Kernels } from "./job.ts";
import type { RegionMessage, WorkerStart } from "./protocol.ts";
import { controlViews, runItems, word } from "./protocol.ts";

// A thread of the engine: sleeps until a job is published, takes items of it, and sleeps again.

const { module, control, port, thread } = workerData as WorkerStart;
const { words, args } = controlViews(control);
const names = WebAssembly.Module.exports(module).map((entry) => entry.name);
const regions = new Map<number, Kernels>();

function readMessages(): void {
  let forgot = false;
  for (let received = receiveMessageOnPort(port); received; received = receiveMessageOnPort(port)) {
    const { region, memory } = received.message as RegionMessage;
    if (memory) {
      regions.set(region, new WebAssembly.Instance(module, { env: { memory } }).exports as Kernels);
    } else {
      regions.delete(region);
      forgot = true;
    }
  }
  if (forgot) collectGarbage();
}

/** Collects garbage, since a thread that allocates nothing would keep the memory of a forgotten region. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

function runJob(): void {
  const kernel = names[words[word.kernel]!]!;
  const [scratch, scratchBytes, ...rest] = args.subarray(0, words[word.argumentCount]);
  runItems(words, regions.get(words[word.region]!)![kernel]!, scratch! + thread * scratchBytes!, rest);
}

let generation = 0;
Atomics.add(words, word.ready, 1);
Atomics.notify(words, word.ready);
for (;;) {
  Atomics.wait(words, word.generation, generation);
  generation = Atomics.load(words, word.generation);
  Atomics.add(words, word.active, 1);
  try {
    const open = Atomics.load(words, word.open) === 1; // messages sent before a job opens are read before it runs
    readMessages();
    if (open) runJob();
  } catch (error) {
    port.postMessage(String(error));
    Atomics.store(words, word.failed, 1);
  }
  Atomics.sub(words, word.active, 1);
  Atomics.notify(words, word.active);
}
