import type { Command } from "@commander-js/extra-typings";
import { coresHere } from "../../engines/machine.ts";
import { collect, cores, integer } from "./values.ts";

/** Values of the options that measure engines. */
export interface MeasureOptions {
  engine?: string[];
  threads: number;
  only?: string[];
  repeats: number;
  json?: true;
}

/** Adds the options that measure engines: `attnsim bench` and `npm run bench`. */
export const withMeasureOptions = <O extends Record<string, unknown>>(
  command: Command<[], O>,
): Command<[], O & MeasureOptions> =>
  (command as unknown as Command)
    .option(
      "--engine <name>",
      "engine to measure; more with commas or again (default: all usable ones)",
      collect,
    )
    .option("--threads <n>", "threads of each engine", cores, coresHere())
    .option(
      "--only <workload>",
      "workload to measure, or the start of its name; more with commas or again",
      collect,
    )
    .option("--repeats <n>", "rounds over all workloads and engines", integer(1), 3)
    .option("--json", "print the measurements as JSON") as unknown as Command<[], O & MeasureOptions>;
