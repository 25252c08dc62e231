import { unknownName, UsageError } from "../core/errors.ts";
import { lookup } from "../core/lookup.ts";
import { version } from "../version.ts";
import { builtinTable } from "./auto/builtin.ts";
import { autoOver } from "./auto/engine.ts";
import type { TimedCall, TimedOn } from "./auto/table.ts";
import type { Ops } from "./ops.ts";
import { referenceEngine } from "./reference/engine.ts";

// This file imports nothing of Node, so that the library loads in a browser. Files that need Node are imported when an
// engine is asked for.

/** Whether an engine can be used here, and why not. */
export interface EngineStatus {
  readonly usable: boolean;
  readonly reason?: string;
  readonly version?: string;
  /** anything else that a user should know */
  readonly note?: string;
}

export interface EngineInfo extends EngineStatus {
  readonly name: string;
  readonly summary: string;
}

export interface EngineOptions {
  /** threads that the engine may use; default: all cores */
  readonly threads?: number;
}

type EngineSettings = Required<EngineOptions>;

/** Material that an engine is made from. */
interface Workplace extends EngineSettings {
  /** The last of the engines made over one memory, of which wasm is the first: an engine over it makes the next. */
  memory(): Promise<Ops>;
  /** Another engine over the same memory. */
  engine(name: string): Promise<Ops>;
}

interface Engine {
  readonly summary: string;
  /** whether it has a memory of its own, which the other engines do not know */
  readonly apart?: boolean;
  status(settings: EngineSettings): EngineStatus | Promise<EngineStatus>;
  load(workplace: Workplace): Ops | Promise<Ops>;
}

const engines = lookup<Engine>({
  wasm: {
    summary: "SIMD kernels on worker threads; the same bits for any number of threads (default)",
    status: async () => ({ version, ...(await import("./wasm/load.ts")).wasmStatus() }),
    load: async (workplace) => (await import("./wasm/load.ts")).wasmEngine(workplace),
  },
  tfjs: {
    summary: "TensorFlow through @tensorflow/tfjs-node, where it is installed",
    status: async (settings) => (await import("./tfjs/load.ts")).tfjsStatus(settings),
    async load({ threads, memory }) {
      const { tfjsEngine } = await import("./tfjs/engine.ts");
      return tfjsEngine({ threads, memory: await memory() });
    },
  },
  ort: {
    summary: "ONNX Runtime through onnxruntime-node, where it is installed",
    status: async () => (await import("./ort/load.ts")).ortStatus(),
    async load({ threads, memory, engine }) {
      const { ortEngine } = await import("./ort/engine.ts");
      return ortEngine({ threads, memory: await memory(), fallback: await engine(defaultEngine) });
    },
  },
  auto: {
    summary: "the fastest usable engine for each shape; results vary within the engines' tolerance",
    status: autoStatus,
    async load({ threads, memory, engine }) {
      const { here, table } = await autoChoice({ threads });
      const parts: Ops[] = [];
      for (const name of Object.keys(here.engines)) parts.push(await engine(name));
      return autoOver(parts, await memory(), table);
    },
  },
  reference: {
    summary: "float64 loops in TypeScript, one thread: the truth of the tests",
    apart: true,
    status: () => ({ usable: true, version }),
    load: referenceEngine,
  },
});

/** Engines that `auto` chooses from: all that work over the memory of the first. */
const autoNames = Object.keys(engines).filter((name) => name !== "auto" && !engines[name]!.apart);

/** Table that `auto` chooses by, with the engines of this machine that it chooses from. */
export interface AutoChoice {
  readonly here: TimedOn;
  readonly table: readonly TimedCall[];
  /** whether it was measured on this machine; otherwise it is the built-in one */
  readonly measured: boolean;
}

export async function autoChoice(settings: EngineSettings): Promise<AutoChoice> {
  const { processorName } = await import("./machine.ts");
  const { readEngineTimes } = await import("./auto/saved-times.ts");
  const found = await Promise.all(
    autoNames.map(async (name) => ({ name, ...(await engines[name]!.status(settings)) })),
  );
  const versions = found
    .filter(({ usable }) => usable)
    .map(({ name, version: of = "unknown" }) => [name, of] as const);
  const here: TimedOn = {
    processor: processorName(),
    threads: settings.threads,
    engines: Object.fromEntries(versions),
  };
  const saved = readEngineTimes(here);
  return { here, table: saved ?? builtinTable, measured: saved !== undefined };
}

async function autoStatus(settings: EngineSettings): Promise<EngineStatus> {
  const { usable, reason } = await engines["wasm"]!.status(settings);
  if (!usable) return { usable, ...(reason !== undefined && { reason }) };
  const { engineTimesFile } = await import("./auto/saved-times.ts");
  const { here, measured } = await autoChoice(settings);
  const from = measured
    ? `as measured in ${engineTimesFile(settings.threads)}`
    : "by a built-in table; `attnsim bench --calibrate` measures this machine";
  return { usable, version, note: `chooses from ${Object.keys(here.engines).join(", ")}, ${from}` };
}

/** Names of the engines. */
export const engineNames: readonly string[] = Object.keys(engines);

export const defaultEngine = "wasm";

async function settled({ threads }: EngineOptions): Promise<EngineSettings> {
  const settings = { threads: threads ?? (await cores()) };
  if (!Number.isSafeInteger(settings.threads) || settings.threads < 1)
    throw new UsageError(`threads must be an integer >= 1; got ${settings.threads}`);
  return settings;
}

/** Cores of this machine, by the browser or by Node. */
async function cores(): Promise<number> {
  const { navigator } = globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } };
  return navigator?.hardwareConcurrency ?? (await import("./machine.ts")).coresHere();
}

/** Every engine, and whether it can be used here. */
export async function listEngines(options: EngineOptions = {}): Promise<EngineInfo[]> {
  const settings = await settled(options);
  return Promise.all(
    Object.entries(engines).map(async ([name, engine]) => ({
      name,
      summary: engine.summary,
      ...(await engine.status(settings)),
    })),
  );
}

/**
 * Loads an engine, which its user closes.
 *
 * @throws UsageError for an unknown name, for threads < 1, and for an engine that cannot be used
 */
export async function loadEngine(name: string = defaultEngine, options: EngineOptions = {}): Promise<Ops> {
  const { engines: loaded } = await loadEngines([name], options);
  return loaded[0]!;
}

/**
 * Loads engines over one memory: a tensor in a space of `memory` is in the memory of every engine but the reference.
 * Closing one of them closes all.
 *
 * @throws UsageError as `loadEngine`
 */
export async function loadEngines(
  names: readonly string[],
  options: EngineOptions = {},
): Promise<{ engines: Ops[]; memory: Ops }> {
  const settings = await settled(options);
  const made = new Map<string, Ops>();
  let last: Ops | undefined;
  const make = async (name: string): Promise<Ops> => {
    const before = made.get(name);
    if (before) return before;
    const engine = engines[name] ?? unknownName("engine", name, engineNames);
    const { usable, reason } = await engine.status(settings);
    if (!usable) throw new UsageError(`engine "${name}" cannot be used here: ${reason ?? "no reason given"}`);
    const ops = await engine.load({
      ...settings,
      engine: make,
      memory: async () => last ?? make(defaultEngine),
    });
    made.set(name, ops);
    if (!engine.apart) last = ops;
    return ops;
  };
  const loaded: Ops[] = [];
  for (const name of names) loaded.push(await make(name));
  return { engines: loaded, memory: last ?? loaded[0]! };
}
