import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import type { Job } from "./job.ts";
import type { RegionMessage, WorkerStart } from "./protocol.ts";
import { controlBytes, controlViews, runItems, word } from "./protocol.ts";
import type { KernelThreads } from "./kernel-threads.ts";
import { WasmSpace } from "./space.ts";

/** The worker in JavaScript, which `npm run build` writes, since Node 20 starts no worker from TypeScript. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/src/engines/wasm/worker.js" : "./worker.js",
  import.meta.url,
);

/** Milliseconds that a worker may take to start. */
const startLimit = 20_000;

/** Threads of an engine, and the regions that they know. Calls are synchronous; workers sleep between them. */
export class Threads implements KernelThreads {
  readonly #module: WebAssembly.Module;
  readonly #kernelNames: string[];
  readonly #fanOutAbove: number;
  readonly #control = new SharedArrayBuffer(controlBytes);
  readonly #views = controlViews(this.#control);
  readonly #owners = new WeakMap<ArrayBufferLike, WasmSpace>();
  /** regions that the workers know or are to know */
  readonly #live = new Map<number, WeakRef<WebAssembly.Memory>>();
  readonly #collected = new FinalizationRegistry<number>((region) => this.#forget(region));
  readonly #workers: { worker: Worker; port: MessagePort }[] = [];
  #regions = 0;
  #closed = false;

  constructor(
    module: WebAssembly.Module,
    readonly count: number,
    fanOutAbove: number,
  ) {
    this.#module = module;
    this.#kernelNames = WebAssembly.Module.exports(module).map((entry) => entry.name);
    this.#fanOutAbove = fanOutAbove;
  }

  /** A memory that the kernels can work in. */
  memory(label: string): WasmSpace {
    const space = new WasmSpace({
      id: this.#regions++,
      label,
      module: this.#module,
      owners: this.#owners,
      run: (on, job) => this.#run(on, job),
    });
    if (this.count > 1) {
      this.#live.set(space.id, new WeakRef(space.memory));
      this.#collected.register(space, space.id);
      this.#tell({ region: space.id, memory: space.memory });
    }
    return space;
  }

  /** The memory that a buffer belongs to. */
  owner(buffer: ArrayBufferLike): WasmSpace | undefined {
    return this.#owners.get(buffer);
  }

  #run(space: WasmSpace, { kernel, items, args, scratch, work }: Job): void {
    if (this.#closed) throw new Error("the wasm engine has been closed");
    space.scoped(() => {
      const alone = this.count === 1 || items < 2 || work <= this.#fanOutAbove;
      const address = space.allocate(scratch * (alone ? 1 : this.count));
      const run = space.kernels[kernel];
      if (!run) throw new Error(`the compiled wasm kernels lack "${kernel}": run \`npm run build:wasm\``);
      if (alone) for (let item = 0; item < items; item++) run(item, address, ...args);
      else {
        this.#publish(this.#kernelNames.indexOf(kernel), space.id, items, [address, scratch, ...args]);
        runItems(this.#views.words, run, address, args);
        this.#finish();
      }
    });
  }

  close(): void {
    this.#closed = true;
    for (const { worker, port } of this.#workers) {
      port.close();
      void worker.terminate();
    }
    this.#workers.length = 0;
  }

  #publish(kernel: number, region: number, items: number, args: readonly number[]): void {
    if (this.#workers.length === 0) this.#start();
    const { words } = this.#views;
    this.#views.args.set(args);
    words[word.kernel] = kernel;
    words[word.region] = region;
    words[word.items] = items;
    words[word.argumentCount] = args.length;
    Atomics.store(words, word.next, 0);
    Atomics.store(words, word.open, 1);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#views.words, word.generation, 1);
    Atomics.notify(this.#views.words, word.generation);
  }

  /** Waits for the workers that have taken items. @throws Error with the message of a worker that failed */
  #finish(): void {
    const { words } = this.#views;
    Atomics.store(words, word.open, 0);
    for (;;) {
      const active = Atomics.load(words, word.active);
      if (active === 0) break;
      Atomics.wait(words, word.active, active);
    }
    if (Atomics.exchange(words, word.failed, 0) === 0) return;
    const messages = this.#workers.map(
      ({ port }) => receiveMessageOnPort(port)?.message as string | undefined,
    );
    throw new Error(`a thread of the wasm engine failed: ${messages.filter(Boolean).join("; ")}`);
  }

  #start(): void {
    for (let thread = 1; thread < this.count; thread++) this.#workers.push(this.#startWorker(thread));
    const { words } = this.#views;
    for (;;) {
      const ready = Atomics.load(words, word.ready);
      if (ready === this.count - 1) break;
      if (Atomics.wait(words, word.ready, ready, startLimit) === "timed-out")
        throw new Error(`a thread of the wasm engine did not start within ${startLimit / 1000} s`);
    }
    for (const [region, memory] of this.#live) {
      const present = memory.deref();
      if (present) this.#tell({ region, memory: present });
    }
  }

  #startWorker(thread: number): { worker: Worker; port: MessagePort } {
    const { port1: port, port2 } = new MessageChannel();
    const workerData: WorkerStart = { module: this.#module, control: this.#control, port: port2, thread };
    const worker = new Worker(workerFile, { workerData, transferList: [port2], execArgv: [] });
    worker.unref();
    port.unref();
    return { worker, port };
  }

  #tell(message: RegionMessage): void {
    for (const { port } of this.#workers) port.postMessage(message);
  }

  #forget(region: number): void {
    this.#live.delete(region);
    this.#tell({ region });
    this.#wake();
  }
}
