import type { Command } from "@commander-js/extra-typings";
import { coresHere } from "../../engines/machine.ts";
import { append, integer } from "./values.ts";

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
    .option("--engine <name>", "engine to measure; again for more (default: all usable ones)", append)
    .option("--threads <n>", "threads of each engine", integer(1), coresHere())
    .option("--only <workload>", "workload to measure, or the start of its name; again for more", append)
    .option("--repeats <n>", "rounds over all workloads and engines", integer(1), 3)
    .option("--json", "print the measurements as JSON") as unknown as Command<[], O & MeasureOptions>;
