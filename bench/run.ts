/**
 * Times of the engines and of peers on the workloads of long contexts: `npm run bench -- [--json] [--only decode]`.
 * Every result is checked against float64 before it is timed; what is wrong is not timed. In each round engines and peers
 * take turns on a workload; a ratio compares two of them in one round.
 */
import { fileURLToPath } from "node:url";
import { Command } from "@commander-js/extra-typings";
import { exitCodeOf } from "../src/cli/exit.ts";
import { withMeasureOptions } from "../src/cli/options/bench.ts";
import { formatBench } from "../src/cli/print/bench.ts";
import { withBar } from "../src/cli/print/progress.ts";
import {
  benchEngines,
  refuseWrong,
  usableEngines,
  workloadsNamed,
} from "../src/engines/bench/bench-engines.ts";
import { listEngines } from "../src/engines/registry.ts";
import { startPeer } from "./peers/peer.ts";
import type { Peer } from "./peers/peer.ts";
import { writeBench } from "./results.ts";

const fileOf = (name: string): string => fileURLToPath(new URL(`peers/${name}`, import.meta.url));

/** Programs that do the same beside the engines, where they are installed. */
const peerCommands: Readonly<Record<string, (options: { python: string; threads: number }) => string[]>> = {
  "tfjs-wasm": () => [process.execPath, ...process.execArgv, fileOf("tfjs-wasm.ts")],
  numpy: ({ python, threads }) => [python, fileOf("numpy.py"), String(threads)],
  torch: ({ python, threads }) => [python, fileOf("torch.py"), String(threads)],
};

const program = withMeasureOptions(
  new Command("bench").description("Times of the engines and their peers").exitOverride(),
)
  .option("--out <folder>", "folder of the results", "results/bench")
  .option(
    "--python <path>",
    "a Python, measured with NumPy and PyTorch where it has them",
    process.env["PYTHON"] || "python3",
  )
  .action(async ({ out, python, threads, engine: asked, only, repeats: rounds, json }) => {
    const workloads = workloadsNamed(only);
    const isPeer = (name: string): boolean => name in peerCommands;
    const engines = asked?.filter((name) => !isPeer(name)) ?? (await usableEngines(threads));
    const peers: Peer[] = [];
    try {
      for (const name of asked?.filter(isPeer) ?? Object.keys(peerCommands)) {
        const [command, ...args] = peerCommands[name]!({ python, threads });
        const peer = await startPeer(name, command!, args);
        if ("absent" in peer) console.error(`${name} is left out: ${peer.absent}`);
        else peers.push(peer);
      }
      const result = await withBar("measurements", (onStep) =>
        benchEngines({ engines, peers, workloads, threads, rounds, onStep }),
      );
      const listed = (await listEngines({ threads })).filter(({ name }) => engines.includes(name));
      const versions = Object.fromEntries([...listed, ...peers].map(({ name, version }) => [name, version]));
      const figures = await writeBench(out, result, { threads, rounds, versions });
      for (const path of figures) console.error(path);
      console.log(json ? JSON.stringify(result.rows, null, 2) : formatBench(result, threads));
      refuseWrong(result);
    } finally {
      for (const peer of peers) peer.close();
    }
  });
process.exitCode = await exitCodeOf(() => program.parseAsync());
