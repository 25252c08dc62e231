import type { Command, OptionValues } from "@commander-js/extra-typings";
import { prefixTiers } from "../../hardware/serving/prefix-cache.ts";
import type { PrefixTier } from "../../hardware/serving/prefix-cache.ts";
import { integer, numberFromZero, oneOf, positive } from "./values.ts";
import type { Fields } from "./values.ts";

/** Values of the options of a replay. */
interface ReplayOptions {
  readonly rate?: number | undefined;
  readonly variation: number;
  readonly requests: number;
  readonly seed: number;
  readonly trace?: string | undefined;
  readonly prefixCache: PrefixTier;
  readonly users?: number | undefined;
  readonly thinkTime?: number | undefined;
}

/** Adds the options of the requests that are replayed. */
export function replayOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<ReplayOptions>> {
  command
    .option("--rate <n>", "replay random arrivals at this many requests a second to a replica", positive)
    .option("--variation <n>", "variation of gaps between arrivals; 1: Poisson", positive, 1)
    .option("--requests <n>", "requests of the replay", integer(1), 500)
    .option("--seed <n>", "seed of the replay", integer(0), 0)
    .option("--trace <file>", "replay the requests of a CSV or JSONL file")
    .option(
      "--prefix-cache <tier>",
      "where blocks of prompts that a trace names stay: off, hbm, or host for those that leave HBM",
      oneOf("tier of the prefix cache", prefixTiers),
      "hbm",
    )
    .option("--users <n>", "closed loop: users of a replica, who wait for their answers", integer(1))
    .option("--think-time <s>", "seconds from an answer to its user's next request", numberFromZero);
  return command as unknown as Command<A, O & Fields<ReplayOptions>>;
}
