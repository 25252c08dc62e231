import type { Tensor } from "../../core/tensor.ts";
import { flat, tensor } from "../../core/tensor.ts";
import { initialPages, maximumPages, pageBytes, readAheadBytes } from "./abi.ts";
import type { Job, Kernels } from "./job.ts";

/** First address that is given out. To kernels, address 0 means "absent". */
const firstAddress = 1024;
/** Pages that a region grows by at least, so that it grows seldom. */
const growPages = 256;

const aligned = (address: number): number => Math.ceil(address / 64) * 64;

interface SpaceOptions {
  /** names the region to the worker threads */
  readonly id: number;
  /** names it in error messages */
  readonly label: string;
  readonly module: WebAssembly.Module;
  /** the region of every buffer of the engine */
  readonly owners: WeakMap<ArrayBufferLike, WasmSpace>;
  readonly run: (space: WasmSpace, job: Job) => void;
}

/** A shared WebAssembly memory of at most 4 GiB, given out from its start and given back in reverse order. */
export class WasmSpace {
  readonly memory = new WebAssembly.Memory({
    initial: initialPages,
    maximum: maximumPages,
    shared: true,
  });
  readonly id: number;
  readonly label: string;
  readonly kernels: Kernels;
  readonly #run: SpaceOptions["run"];
  readonly #owners: WeakMap<ArrayBufferLike, WasmSpace>;
  #top = firstAddress;

  constructor({ id, label, module, owners, run }: SpaceOptions) {
    this.id = id;
    this.label = label;
    this.kernels = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports as Kernels;
    this.#owners = owners;
    this.#run = run;
  }

  /** Runs a kernel on this memory. */
  run(job: Job): void {
    this.#run(this, job);
  }

  empty(...shape: number[]): Tensor {
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(this.floats(this.allocate(4 * size), size), shape);
  }

  /** End of the memory that is given out. */
  get top(): number {
    return this.#top;
  }

  /** Bytes left of 4 GiB. */
  get left(): number {
    return maximumPages * pageBytes - readAheadBytes - aligned(this.#top);
  }

  get isEmpty(): boolean {
    return this.#top === firstAddress;
  }

  /** Gives back the memory from an address on. */
  giveBack(top = firstAddress): void {
    this.#top = top;
  }

  scoped<T>(work: () => T): T {
    const top = this.#top;
    try {
      return work();
    } finally {
      this.#top = top;
    }
  }

  /** Address of `bytes` uninitialised bytes. @throws RangeError for a full region */
  allocate(bytes: number): number {
    const address = aligned(this.#top);
    const end = address + bytes;
    if (bytes > this.left)
      throw new RangeError(
        `region "${this.label}" is full: asked ${bytes} bytes, ${this.left} left of 4 GiB`,
      );
    const pages = Math.ceil((end + readAheadBytes) / pageBytes);
    const present = this.memory.buffer.byteLength / pageBytes;
    if (pages > present)
      this.memory.grow(Math.min(maximumPages, Math.ceil(pages / growPages) * growPages) - present);
    this.#top = end;
    return address;
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#buffer(), address, length);
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.#buffer(), address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.#buffer(), address, length);
  }

  /** Address of a copy of 32-bit or 8-bit numbers. */
  copyIn(numbers: Int32Array | Uint32Array | Uint8Array | Float32Array | Float64Array): number {
    if (numbers instanceof Uint8Array) {
      const address = this.allocate(numbers.length);
      new Uint8Array(this.#buffer(), address, numbers.length).set(numbers);
      return address;
    }
    const address = this.allocate(4 * numbers.length);
    const isFloat = numbers instanceof Float32Array || numbers instanceof Float64Array;
    (isFloat ? this.floats(address, numbers.length) : this.ints(address, numbers.length)).set(numbers);
    return address;
  }

  copyDoubles(numbers: Float64Array): number {
    const address = this.allocate(8 * numbers.length);
    this.doubles(address, numbers.length).set(numbers);
    return address;
  }

  /** Address of a tensor of this region, or of a copy of a tensor that lies elsewhere. */
  place(t: Tensor): number {
    const numbers = flat(t);
    return this.#owners.get(numbers.buffer) === this ? numbers.byteOffset : this.copyIn(numbers);
  }

  bytes(length: number): Uint8Array {
    const address = this.allocate(length); // may replace the buffer
    return new Uint8Array(this.#buffer(), address, length);
  }

  /** Address of bytes of this region, or of a copy of bytes that lie elsewhere. */
  placeBytes(codes: Uint8Array): number {
    return this.#owners.get(codes.buffer) === this ? codes.byteOffset : this.copyIn(codes);
  }

  /** The memory's buffer. It is another object each time that the memory has grown, and every one is remembered. */
  #buffer(): ArrayBufferLike {
    const { buffer } = this.memory;
    this.#owners.set(buffer, this);
    return buffer;
  }
}
