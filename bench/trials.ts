/**
 * Times of whole trials: `npx tsx bench/trials.ts [--only walk] [--threads 1] [--repeats 3] [--shrink 8] [--json]`.
 *
 * - trial: one GraphWalks problem of 1M tokens read by four variants; `build` is the part that makes its cache
 * - walk: 64 queries walk over the tokens of a KDA state, 512K tokens of one kv head
 * - mean-field: 1,440 trials in the mean field, of five variants, three tasks and four lengths
 */
import { Command } from "@commander-js/extra-typings";
import { exitCodeOf } from "../src/cli/exit.ts";
import { integer } from "../src/cli/options/values.ts";
import { formatTable } from "../src/cli/print/table.ts";
import { Profile } from "../src/core/profile.ts";
import { median } from "../src/core/stats.ts";
import { zeros } from "../src/core/tensor.ts";
import { coresHere } from "../src/engines/machine.ts";
import type { Ops, Table } from "../src/engines/ops.ts";
import { loadEngine } from "../src/engines/registry.ts";
import { makeTrial } from "../src/trial/make-trial.ts";
import { meanFieldRow } from "../src/trial/mean-field.ts";
import { runTrials } from "../src/trial/run.ts";

/** Seconds of each part of one run. */
type PartSeconds = Readonly<Record<string, number>>;

const now = (): number => performance.now() / 1000;

function timed(work: () => void): number {
  const start = now();
  work();
  return now() - start;
}

/** @param shrink divisor of the tokens */
const timings: Readonly<Record<string, (ops: Ops, shrink: number) => PartSeconds>> = {
  trial(ops, shrink) {
    const task = "graphwalks(operation=bfs)";
    const variants = ["dense", "dsa", "moba", "snapkv"];
    const trials = variants.map((variant) => makeTrial({ task, variant, tokens: 1_024_000 / shrink }));
    const profile = new Profile(now);
    const all = timed(() => runTrials(trials, { ops, profile, onRow: () => undefined }));
    const build = profile.times().find(({ part }) => part === "embed")!;
    return { all, build: build.seconds };
  },
  walk(ops, shrink) {
    const [tokens, width, queries] = [2 ** 19 / shrink, 128, 64];
    const space = ops.space("walk");
    const table = (stream: number): Table => {
      const tensor = space.empty(tokens, width);
      ops.fillNormal(tensor, [stream, 0]);
      return { tensor, kind: "kv", rowBytes: 4 * width };
    };
    const [keys, values, asked] = [table(1), table(2), zeros(queries, width)];
    ops.fillNormal(asked, [3, 0]);
    const decay = Float64Array.from({ length: width }, (_, c) => 2 ** (-1 / (256 * 4096 ** (c / width))));
    return {
      all: timed(() =>
        ops.readState(asked, keys, values, {
          first: new Int32Array(queries),
          visible: Int32Array.from({ length: queries }, (_, i) => Math.floor((tokens * (i + 1)) / queries)),
          feature: "unit",
          recurrence: { decay, strength: 1, replaces: true },
        }),
      ),
    };
  },
  "mean-field"(_ops, shrink) {
    const trials = ["graphwalks(operation=bfs)", "graphwalks(operation=parents)", "mrcr"].flatMap((task) =>
      ["dense", "dsa", "quest", "moba", "gated-deltanet"].flatMap((variant) =>
        [32_000, 128_000, 512_000, 1_024_000].flatMap((tokens) =>
          Array.from({ length: Math.ceil(24 / shrink) }, (_, trial) => ({ task, variant, tokens, trial })),
        ),
      ),
    );
    return {
      all: timed(() => {
        for (const trial of trials) meanFieldRow(makeTrial({ ...trial, mode: "mean-field" }));
      }),
    };
  },
};

const program = new Command("trials")
  .description("Times of whole trials")
  .exitOverride()
  .option("--only <name>", `one of ${Object.keys(timings).join(", ")}`)
  .option("--threads <n>", "threads of the engine", integer(1), coresHere())
  .option("--repeats <n>", "runs of each", integer(1), 3)
  .option("--shrink <n>", "divisor of tokens and of problems", integer(1), 1)
  .option("--json", "print the times as JSON")
  .action(async ({ only, threads, repeats, shrink, json }) => {
    const ops = await loadEngine("wasm", { threads });
    const rows = Object.entries(timings)
      .filter(([name]) => only === undefined || name === only)
      .flatMap(([name, time]) => {
        const runs = Array.from({ length: repeats }, () => time(ops, shrink));
        return Object.keys(runs[0]!).map((part) => {
          const seconds = runs.map((run) => run[part]!);
          return {
            name,
            part,
            seconds: median(seconds),
            low: Math.min(...seconds),
            high: Math.max(...seconds),
          };
        });
      });
    ops.close();
    const cells = rows.map(({ name, part, seconds, low, high }) => [
      ...[name, part],
      ...[seconds, low, high].map((value) => `${value.toPrecision(3)} s`),
    ]);
    console.log(
      json ? JSON.stringify(rows, null, 2) : formatTable(["what", "part", "median", "least", "most"], cells),
    );
  });
process.exitCode = await exitCodeOf(() => program.parseAsync());
