/**
 * Peak memory of trials as the plan predicts it, and as the built program takes it:
 * `npm run bench:memory -- [--tokens 32K,128K] [--variant dsa,quest] [--task graphwalks] [--engine wasm] [--json]`.
 * Every variant is a run of its own, with one worker and one thread. The run's peak is its resident set, of all its
 * threads. Exits with 1 if a prediction lies outside the bounds.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Command } from "@commander-js/extra-typings";
import { variants } from "../src/attention/registry.ts";
import { exitCodeOf } from "../src/cli/exit.ts";
import { collect } from "../src/cli/options/values.ts";
import { formatTable } from "../src/cli/print/table.ts";
import { formatBytes } from "../src/core/units.ts";
import { makeTrial } from "../src/trial/make-trial.ts";
import { estimateBytes } from "../src/trial/memory.ts";

/** Least and largest ratio of the predicted peak to the measured one. */
const bounds = [0.87, 1.15] as const;

const main = fileURLToPath(new URL("../dist/src/cli/main.js", import.meta.url));

/** Writes the largest resident set of the process, in kibibytes, to descriptor 3 as it ends. */
const peakWriter = `data:text/javascript,
  import { writeSync } from "node:fs";
  import { isMainThread } from "node:worker_threads";
  if (isMainThread) process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));`;

/** Runs the program in a folder of its own. Returns its peak memory in bytes. @throws Error for a run that failed */
async function peakOf(words: readonly string[]): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), "attnsim-memory-"));
  try {
    const child = spawn(process.execPath, ["--import", peakWriter, main, ...words, "--out", out], {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [errors, peak] = await Promise.all([text(child.stderr!), text(child.stdio[3] as Readable)]);
    if ((await ended) !== 0) throw new Error(`attnsim ${words.join(" ")}: ${errors.trim()}`);
    return 1024 * Number(peak);
  } finally {
    rmSync(out, { recursive: true });
  }
}

interface Peak {
  readonly variant: string;
  readonly tokens: string;
  readonly predicted: number;
  readonly measured: number;
  readonly ratio: number;
}

const isWithin = ({ ratio }: Peak): boolean => ratio >= bounds[0] && ratio <= bounds[1];

const program = new Command("memory")
  .description("Peak memory, predicted and measured")
  .exitOverride()
  .option("--variant <spec>", "variants; more with commas or again (default: all)", collect)
  .option("--tokens <n>", "lengths; more with commas or again (default: 128K)", collect)
  .option("--task <spec>", "task", "graphwalks")
  .option("--engine <name>", "engine", "wasm")
  .option("--geometry <spec>", "how keys follow the text", "none")
  .option("--json", "print the bytes as JSON")
  .action(async ({ variant: asked = variants.names(), tokens: lengths = ["128K"], json, ...common }) => {
    const { task, engine, geometry } = common;
    const peaks: Peak[] = [];
    for (const tokens of lengths)
      for (const variant of asked) {
        const trial = makeTrial({ task, variant, tokens, engine, reader: { geometry } });
        const predicted = estimateBytes([trial]);
        const options = Object.entries({ ...common, variant, tokens, trials: 1, workers: 1, threads: 1 });
        const measured = await peakOf([
          "run",
          ...options.flatMap(([name, value]) => [`--${name}`, `${value}`]),
        ]);
        peaks.push({ variant, tokens, predicted, measured, ratio: predicted / measured });
        const { ratio } = peaks.at(-1)!;
        console.error(`${tokens} ${variant}: ${ratio.toFixed(2)}`);
      }
    const rows = peaks.map((peak) => [
      peak.variant,
      peak.tokens,
      formatBytes(peak.predicted),
      formatBytes(peak.measured),
      `${peak.ratio.toFixed(2)}${isWithin(peak) ? "" : " *"}`,
    ]);
    console.log(
      json
        ? JSON.stringify(peaks, null, 2)
        : formatTable(["variant", "tokens", "predicted", "measured", "ratio"], rows),
    );
    const outside = peaks.filter((peak) => !isWithin(peak));
    if (outside.length > 0)
      throw new Error(
        `${outside.length} of ${peaks.length} predictions lie outside ${bounds.join(" to ")} of the measured peak`,
      );
  });
process.exitCode = await exitCodeOf(() => program.parseAsync());
