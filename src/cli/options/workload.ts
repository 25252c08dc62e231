import type { Command, OptionValues } from "@commander-js/extra-typings";
import type { Drafts } from "../../hardware/serving/replica.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import { neededOf } from "../../hardware/system.ts";
import type { System } from "../../hardware/system.ts";
import { integer, positive, share, tokenCount } from "./values.ts";
import type { Fields } from "./values.ts";
import { list } from "./model.ts";

/** What drafts are asked for with. */
export interface DraftAsked {
  readonly mtp: number;
  readonly acceptance: number;
}

/** What requests are asked for with, but for the length of their prompts. */
export interface RequestAsked extends DraftAsked {
  readonly output: number;
  readonly think: number;
  readonly cacheHits: number;
  readonly chunk: number;
  readonly utilisation: number;
  readonly price?: number | undefined;
}

/** What a workload and its batches are asked for with. */
export interface WorkloadAsked extends RequestAsked {
  readonly input: number;
  readonly batch: readonly number[];
}

/** Options of multi-token prediction. */
export function draftOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<DraftAsked>> {
  command
    .option("--mtp <n>", "tokens drafted ahead of each step (multi-token prediction)", integer(0), 0)
    .option("--acceptance <share>", "how likely a draft is accepted where the one before it was", share, 0.8);
  return command as unknown as Command<A, O & Fields<DraftAsked>>;
}

export const readDrafts = ({ mtp, acceptance }: DraftAsked): Drafts => ({
  tokens: mtp,
  acceptance,
});

/** What is taken of drafts. */
export const draftLine = ({ tokens, acceptance }: Drafts): string =>
  tokens === 0
    ? "a token of each user a step: nothing is drafted"
    : `${tokens} tokens drafted ahead of each step, each accepted with probability ${acceptance}`;

/** Options of requests, and of the batches that are tried. */
export function workloadOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<WorkloadAsked>> {
  requestOptions(command)
    .option("--input <tokens>", "tokens of each prompt", tokenCount, 131_072)
    .option(
      "--batch <n,...>",
      "sequences that decode at once in a replica",
      list(integer(1)),
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    );
  return command as unknown as Command<A, O & Fields<WorkloadAsked>>;
}

/** Options of requests but for their prompts' length, and of the price of serving them. */
export function requestOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<RequestAsked>> {
  draftOptions(command)
    .option("--output <tokens>", "tokens generated for each, thinking among them", tokenCount, 1024)
    .option("--think <tokens>", "of these, tokens before the answer", count, 0)
    .option("--cache-hits <share>", "share of each prompt whose cache is stored", share, 0)
    .option("--chunk <tokens>", "prompt tokens of a group of GPUs (dp) in a pass", tokenCount, 8192)
    .option("--utilisation <share>", "share of the time in which the GPUs work", share, 0.7)
    .option("--price <usd>", "of a GPU-hour; the system's rental when absent", positive);
  return command as unknown as Command<A, O & Fields<RequestAsked>>;
}

const count = (text: string): number => (text.trim() === "0" ? 0 : tokenCount(text));

export const readWorkload = (asked: Omit<WorkloadAsked, "batch">): Workload => ({
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
