import type { Command } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { Drafts } from "../../hardware/serving/replica.ts";
import { integer } from "../options.ts";

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
