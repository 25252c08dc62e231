import type { Command, OptionValues } from "@commander-js/extra-typings";
import type { Acceptance } from "../../hardware/serving/acceptance.ts";
import { acceptances } from "../../hardware/serving/acceptances.ts";
import type { Drafting } from "../../hardware/serving/replica.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import type { RackQuestion } from "../../studies/racks/settings.ts";
import { acceptanceOf } from "../../files/acceptance.ts";
import { modelOf } from "../../files/machines.ts";
import { allModels } from "./racks.ts";
import { integer, list, positive, share, tokenCount, tokensOrNone } from "./values.ts";
import type { Fields } from "./values.ts";

/** Values of the options of multi-token prediction. */
export interface DraftOptions {
  readonly mtp: number;
  readonly acceptance: Acceptance;
}

/** Values of the options of requests, except the length of their prompts. */
export interface RequestOptions extends DraftOptions {
  readonly output: number;
  readonly think: number;
  readonly cacheHits: number;
  readonly chunk: number;
  readonly utilisation: number;
  readonly price?: number | undefined;
}

/** Values of the options of a workload and its batches. */
export interface WorkloadOptions extends RequestOptions {
  readonly input?: number | undefined;
  readonly batch: readonly number[];
}

/** Tokens of each prompt, if the contexts of models hold them. */
const usualInput = 131_072;

/** Adds the options of multi-token prediction. */
export function draftOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<DraftOptions>> {
  command
    .option("--mtp <n>", "tokens drafted before each step (multi-token prediction)", integer(0), 0)
    .option(
      "--acceptance <share>",
      `probability that a draft is accepted if the one before it was; or by length: ${acceptances.names().join(", ")}, or a YAML file`,
      acceptanceOf,
      0.8,
    );
  return command as unknown as Command<A, O & Fields<DraftOptions>>;
}

export const readDrafts = ({ mtp, acceptance }: DraftOptions): Drafting => ({
  tokens: mtp,
  acceptance,
});

/** Adds the options of requests and of batches. */
export function workloadOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<WorkloadOptions>> {
  requestOptions(command)
    .option(
      "--input <tokens>",
      `tokens of each prompt (default: ${usualInput}, or what the models' contexts leave beside the output)`,
      tokenCount,
    )
    .option(
      "--batch <n>",
      "most sequences in a replica at once; fewer if their caches do not fit",
      list(integer(1)),
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    );
  return command as unknown as Command<A, O & Fields<WorkloadOptions>>;
}

/** Adds the options of requests and prices, except the length of prompts. */
export function requestOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<RequestOptions>> {
  draftOptions(command)
    .option("--output <tokens>", "tokens generated for each request, with hidden reasoning", tokenCount, 1024)
    .option(
      "--think <tokens>",
      "tokens of hidden reasoning before the answer, a part of --output",
      tokensOrNone,
      0,
    )
    .option("--cache-hits <share>", "share of each prompt whose cache is stored already", share, 0)
    .option("--chunk <tokens>", "prompt tokens in a pass of a group of GPUs (dp)", tokenCount, 8192)
    .option("--utilisation <share>", "share of the time that the GPUs work", share, 0.7)
    .option("--price <usd>", "price of a GPU-hour (default: the system's rental)", positive);
  return command as unknown as Command<A, O & Fields<RequestOptions>>;
}

/** A workload without the length of its prompts. */
export const readRequests = (options: RequestOptions): Omit<Workload, "inputTokens"> => ({
  outputTokens: options.output,
  thinkTokens: options.think,
  cacheHits: options.cacheHits,
  drafts: readDrafts(options),
  chunkTokens: options.chunk,
  utilisation: options.utilisation,
});

export const readWorkload = (
  options: Omit<WorkloadOptions, "batch"> & Pick<RackQuestion, "model" | "beyond">,
): Workload => ({
  inputTokens: options.input ?? usualPrompt(options),
  ...readRequests(options),
});

/** Tokens of a prompt if none are given: the usual ones, or those that the contexts of models asked for leave. */
function usualPrompt({
  model,
  output,
  beyond,
}: Pick<WorkloadOptions, "output"> & Pick<RackQuestion, "model" | "beyond">): number {
  if (model === allModels || beyond) return usualInput;
  const longest = Math.min(...model.map((name) => modelOf(name).context?.value ?? Infinity));
  return Math.max(1, Math.min(usualInput, longest - output));
}
