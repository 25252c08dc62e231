import { availableParallelism } from "node:os";
import { unknownName, UsageError } from "../core/errors.ts";
import { version } from "../version.ts";
import { autoOver } from "./auto/engine.ts";
import { builtinTable } from "./auto/builtin.ts";
import { calibrationFile, processorName, readCalibration } from "./auto/calibration.ts";
import type { Measurer } from "./auto/calibration.ts";
import type { Measured } from "./auto/table.ts";
import type { Ops } from "./ops.ts";
import { ortEngine, ortStatus } from "./ort/engine.ts";
import { referenceEngine } from "./reference/engine.ts";
import { tfjsEngine, tfjsStatus } from "./tfjs/engine.ts";
import { wasmEngine, wasmStatus } from "./wasm/engine.ts";

/** Whether an engine can be used here, and why not. */
export interface EngineStatus {
  readonly usable: boolean;
  readonly reason?: string;
  readonly version?: string;
  /** what else a user should know */
  readonly note?: string;
}

export interface EngineInfo extends EngineStatus {
  readonly name: string;
  readonly summary: string;
}

export interface EngineOptions {
  /** all cores when absent */
  readonly threads?: number;
}

type Settings = Required<EngineOptions>;

/** What an engine is made from. */
interface Workplace extends Settings {
  /** The last of the engines made over one memory, of which wasm is the first: an engine over it makes the next. */
  memory(): Promise<Ops>;
  /** Another engine over the same memory. */
  engine(name: string): Promise<Ops>;
}

interface Engine {
  readonly summary: string;
  /** whether it has a memory of its own, which the other engines' do not know */
  readonly apart?: boolean;
  status(settings: Settings): EngineStatus | Promise<EngineStatus>;
  load(workplace: Workplace): Ops | Promise<Ops>;
}

const engines: Readonly<Record<string, Engine>> = {
  wasm: {
    summary: "SIMD kernels on worker threads; the same bits for any number of threads (default)",
    status: () => ({ version, ...wasmStatus() }),
    load: wasmEngine,
  },
  tfjs: {
    summary: "TensorFlow through @tensorflow/tfjs-node, where it is installed",
    status: tfjsStatus,
    load: async ({ threads, memory }) => tfjsEngine({ threads, memory: await memory() }),
  },
  ort: {
    summary: "ONNX Runtime through onnxruntime-node, where it is installed",
    status: () => ortStatus(),
    load: async ({ threads, memory, engine }) =>
      ortEngine({ threads, memory: await memory(), fallback: await engine(defaultEngine) }),
  },
  auto: {
    summary: "the fastest usable engine for each shape; results vary within the engines' tolerance",
    status: autoStatus,
    async load({ threads, memory, engine }) {
      const { measurer, table } = await autoChoice({ threads });
      const parts: Ops[] = [];
      for (const name of Object.keys(measurer.engines)) parts.push(await engine(name));
      return autoOver(parts, await memory(), table);
    },
  },
  reference: {
    summary: "float64 loops in TypeScript, one thread: the truth of the tests",
    apart: true,
    status: () => ({ usable: true, version }),
    load: referenceEngine,
  },
};

/** What `auto` chooses from: all that work over the memory of the first. */
const autoNames = Object.keys(engines).filter((name) => name !== "auto" && !engines[name]!.apart);

/** Engines that `auto` chooses from here, and the table that it chooses by. */
export async function autoChoice(
  settings: Settings,
): Promise<{ measurer: Measurer; table: readonly Measured[]; measured: boolean }> {
  const found = await Promise.all(
    autoNames.map(async (name) => ({ name, ...(await engines[name]!.status(settings)) })),
  );
  const versions = found
    .filter(({ usable }) => usable)
    .map(({ name, version: of = "unknown" }) => [name, of] as const);
  const measurer = {
    processor: processorName(),
    threads: settings.threads,
    engines: Object.fromEntries(versions),
  };
  const saved = readCalibration(measurer);
  return { measurer, table: saved ?? builtinTable, measured: saved !== undefined };
}

async function autoStatus(settings: Settings): Promise<EngineStatus> {
  const { usable, reason } = await engines["wasm"]!.status(settings);
  if (!usable) return { usable, ...(reason !== undefined && { reason }) };
  const { measurer, measured } = await autoChoice(settings);
  const from = measured
    ? `as measured in ${calibrationFile(settings.threads)}`
    : "by a built-in table; `attnsim bench --calibrate` measures this machine";
  return { usable, version, note: `chooses from ${Object.keys(measurer.engines).join(", ")}, ${from}` };
}

/** The engines that a user can name. */
export const engineNames: readonly string[] = Object.keys(engines);

export const defaultEngine = "wasm";

const settled = ({ threads = availableParallelism() }: EngineOptions): Settings => {
  if (!Number.isInteger(threads) || threads < 1)
    throw new UsageError(`threads must be an integer >= 1; got ${threads}`);
  return { threads };
};

/** Every engine, and whether it can be used here. */
export const listEngines = (options: EngineOptions = {}): Promise<EngineInfo[]> =>
  Promise.all(
    Object.entries(engines).map(async ([name, { summary, status }]) => ({
      name,
      summary,
      ...(await status(settled(options))),
    })),
  );

/**
 * An engine, to be closed when it is done with.
 *
 * @throws UsageError for an unknown name, for threads < 1, and where the engine cannot be used
 */
export async function loadEngine(name: string = defaultEngine, options: EngineOptions = {}): Promise<Ops> {
  const { engines: loaded } = await loadEngines([name], options);
  return loaded[0]!;
}

/**
 * Engines over one memory: what lies in a space of `memory` is in the memory of all, but the reference's. They are
 * closed together, by closing any.
 *
 * @throws UsageError as `loadEngine`
 */
export async function loadEngines(
  names: readonly string[],
  options: EngineOptions = {},
): Promise<{ engines: Ops[]; memory: Ops }> {
  const settings = settled(options);
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
