import type { JsonTraceFormat } from "./format.ts";
import { integersOf, numberOf } from "./values.ts";

/** Tokens of a hashed block: kvcache-ai/Mooncake, README, "the block size is 512". */
const blockTokens = 512;

/**
 * Mooncake's traces: timestamps in milliseconds, and for each block of 512 tokens of the prompt a number that stands for
 * it and all blocks before it.
 *
 * Qin et al. 2025, Mooncake, FAST; https://github.com/kvcache-ai/Mooncake (FAST25-release/traces).
 */
export const mooncake: JsonTraceFormat = {
  name: "Mooncake",
  keys: ["timestamp", "input_length", "output_length"],
  requestsOf(row, where) {
    const request = {
      arrivalSeconds: numberOf(row, "timestamp", where) / 1000,
      inputTokens: numberOf(row, "input_length", where),
      outputTokens: numberOf(row, "output_length", where),
    };
    if (!("hash_ids" in row)) return [request];
    return [{ ...request, blocks: { tokens: blockTokens, ids: integersOf(row, "hash_ids", where) } }];
  },
};
