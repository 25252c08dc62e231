import type { Command } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { Drafts } from "../../hardware/serving/replica.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import { neededOf } from "../../hardware/system.ts";
import type { System } from "../../hardware/system.ts";
import { integer, positive, tokenCount } from "../options.ts";
import { list } from "./settings.ts";

/** Reads a share in [0, 1]. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("allowed: a number in [0, 1]");
}

/** Options of multi-token prediction. */
export const draftOptions = <A extends unknown[], O extends Record<string, unknown>>(
  command: Command<A, O>,
) =>
  command
    .option("--mtp <n>", "tokens drafted ahead of each step (multi-token prediction)", integer(0), 0)
    .option("--acceptance <share>", "how likely a draft is accepted where the one before it was", share, 0.8);

export const readDrafts = ({ mtp, acceptance }: { mtp: number; acceptance: number }): Drafts => ({
  tokens: mtp,
  acceptance,
});

/** What is taken of drafts. */
export const draftLine = ({ tokens, acceptance }: Drafts): string =>
  tokens === 0
    ? "a token of each user a step: nothing is drafted"
    : `${tokens} tokens drafted ahead of each step, each accepted with probability ${acceptance}`;

/** Options of requests, and of the batches that are tried. */
export const workloadOptions = <A extends unknown[], O extends Record<string, unknown>>(
  command: Command<A, O>,
) =>
  requestOptions(command)
    .option("--input <tokens>", "tokens of each prompt", tokenCount, 131_072)
    .option(
      "--batch <n,...>",
      "sequences that decode at once in a replica",
      list(integer(1)),
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    );

/** Options of requests but for their prompts' length, and of the price of serving them. */
export const requestOptions = <A extends unknown[], O extends Record<string, unknown>>(
  command: Command<A, O>,
) =>
  draftOptions(command)
    .option("--output <tokens>", "tokens generated for each, thinking among them", tokenCount, 1024)
    .option("--think <tokens>", "of these, tokens before the answer", count, 0)
    .option("--cache-hits <share>", "share of each prompt whose cache is stored", share, 0)
    .option("--chunk <tokens>", "prompt tokens of a group of GPUs (dp) in a pass", tokenCount, 8192)
    .option("--utilisation <share>", "share of the time in which the GPUs work", share, 0.7)
    .option("--price <usd>", "of a GPU-hour; the system's rental when absent", positive);

const count = (text: string): number => (text.trim() === "0" ? 0 : tokenCount(text));

interface WorkloadAsked {
  readonly mtp: number;
  readonly acceptance: number;
  readonly input: number;
  readonly output: number;
  readonly think: number;
  readonly cacheHits: number;
  readonly chunk: number;
  readonly utilisation: number;
}

export const readWorkload = (asked: WorkloadAsked): Workload => ({
  inputTokens: asked.input,
  outputTokens: asked.output,
  thinkTokens: asked.think,
  cacheHits: asked.cacheHits,
  drafts: readDrafts(asked),
  chunkTokens: asked.chunk,
  utilisation: asked.utilisation,
});

/** Dollars of a GPU-hour. @throws UsageError where neither the user nor the system says */
export const priceOf = (system: System, given: number | undefined): number =>
  given ?? neededOf(system, "gpu.rental", "a price (or --price)").value;
