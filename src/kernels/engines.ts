import { availableParallelism } from "node:os";
import { unknownName, UsageError } from "../core/errors.ts";
import { version } from "../version.ts";
import type { Ops } from "./ops.ts";
import { referenceEngine } from "./reference.ts";
import { tfjsEngine, tfjsStatus } from "./tfjs.ts";
import { wasmEngine, wasmStatus } from "./wasm/engine.ts";

/** Whether an engine can be used here, and why not. */
export interface EngineStatus {
  readonly usable: boolean;
  readonly reason?: string;
  readonly version?: string;
}

export interface EngineInfo extends EngineStatus {
  readonly name: string;
  readonly summary: string;
}

export interface EngineOptions {
  /** all cores when absent */
  readonly threads?: number;
}

interface Engine {
  readonly summary: string;
  status(options?: EngineOptions): EngineStatus | Promise<EngineStatus>;
  load(options: Required<EngineOptions>): Ops | Promise<Ops>;
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
    load: tfjsEngine,
  },
  reference: {
    summary: "float64 loops in TypeScript, one thread: the truth of the tests",
    status: () => ({ usable: true, version }),
    load: referenceEngine,
  },
};

/** The engines that a user can name. */
export const engineNames: readonly string[] = Object.keys(engines);

export const defaultEngine = "wasm";

/** Every engine, and whether it can be used here. */
export const listEngines = (): Promise<EngineInfo[]> =>
  Promise.all(
    Object.entries(engines).map(async ([name, { summary, status }]) => ({
      name,
      summary,
      ...(await status()),
    })),
  );

/**
 * An engine, to be closed when it is done with.
 *
 * @throws UsageError for an unknown name, for threads < 1, and where the engine cannot be used
 */
export async function loadEngine(
  name: string = defaultEngine,
  { threads = availableParallelism() }: EngineOptions = {},
): Promise<Ops> {
  const engine = engines[name] ?? unknownName("engine", name, engineNames);
  if (!Number.isInteger(threads) || threads < 1)
    throw new UsageError(`threads must be an integer >= 1; got ${threads}`);
  const { usable, reason } = await engine.status({ threads });
  if (!usable) throw new UsageError(`engine "${name}" cannot be used here: ${reason ?? "no reason given"}`);
  return engine.load({ threads });
}
