/**
 * Times of whole trials: `npx tsx bench/trials.ts [--only walk] [--threads 1] [--repeats 3] [--shrink 8] [--json]`.
 * Rounds alternate: each runs everything once, and a ratio compares two parts of one round.
 *
 * - trial: one GraphWalks problem of 1M tokens read by four variants; `build` makes its cache, an index is a variant's own
 * - packed: a query reads 1M tokens of one kv head in float32, and in the packed forms of a cache
 * - walk: 64 queries walk over the tokens of a KDA state, 512K tokens of one kv head
 * - start: Node alone, the library, `attnsim --help` and `attnsim list`, each a process of the built program
 * - mean-field: 1,440 trials in the mean field, of five variants, three tasks and four lengths
 */
import { Command } from "@commander-js/extra-typings";
import { exitCodeOf } from "../src/cli/exit.ts";
import { cores, integer } from "../src/cli/options/values.ts";
import { formatTable } from "../src/cli/print/table.ts";
import { median } from "../src/core/stats.ts";
import { coresHere } from "../src/engines/machine.ts";
import { loadEngine } from "../src/engines/registry.ts";
import { timings } from "./timings.ts";

/** Median of numbers, the least and the most. */
const spreadOf = (values: readonly number[]) => ({
  middle: median(values),
  low: Math.min(...values),
  high: Math.max(...values),
});

const program = new Command("trials")
  .description("Times of whole trials")
  .exitOverride()
  .option("--only <name>", `one of ${Object.keys(timings).join(", ")}`)
  .option("--threads <n>", "threads of the engine", cores, coresHere())
  .option("--repeats <n>", "runs of each", integer(1), 3)
  .option("--shrink <n>", "divisor of tokens and of problems", integer(1), 1)
  .option("--json", "print the times as JSON")
  .action(async ({ only, threads, repeats, shrink, json }) => {
    const ops = await loadEngine("wasm", { threads });
    const asked = Object.entries(timings).filter(([name]) => only === undefined || name === only);
    const rounds = Array.from({ length: repeats }, () => asked.map(([, time]) => time(ops, shrink)));
    ops.close();
    const rows = asked.flatMap(([name], i) => {
      const runs = rounds.map((round) => round[i]!);
      const [first] = Object.keys(runs[0]!);
      return Object.keys(runs[0]!).map((part) => ({
        name,
        part,
        seconds: spreadOf(runs.map((run) => run[part]!)),
        ratio: part === first ? undefined : spreadOf(runs.map((run) => run[part]! / run[first!]!)),
      }));
    });
    const cells = rows.map(({ name, part, seconds: { middle, low, high }, ratio }) => [
      name,
      part,
      ...[middle, low, high].map((value) => `${value.toPrecision(3)} s`),
      ratio ? `${ratio.middle.toFixed(2)} (${ratio.low.toFixed(2)} - ${ratio.high.toFixed(2)})` : "",
    ]);
    const titles = ["what", "part", "median", "least", "most", "of the first part"];
    console.log(json ? JSON.stringify(rows, null, 2) : formatTable(titles, cells));
  });
process.exitCode = await exitCodeOf(() => program.parseAsync());
