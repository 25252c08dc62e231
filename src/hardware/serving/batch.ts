import { decodePart } from "./replica.ts";
import type { Drafting, Part } from "./replica.ts";

/** A request in a replica, and how far it is. */
export interface RunningRequest {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** tokens of the prompt in the cache */
  cached: number;
  generated: number;
}

/** Part of a prompt that a pass computes. */
interface Chunk<S> {
  readonly sequence: S;
  readonly newTokens: number;
  /** tokens of the prompt in the cache before the pass */
  readonly cachedTokens: number;
}

/** A forward pass of the sequences in a replica. */
export interface BatchPass<S> {
  readonly parts: readonly Part[];
  /** sequences that decode, and the mean of the tokens in their caches */
  readonly decoding: number;
  readonly contextTokens: number;
  readonly chunks: readonly Chunk<S>[];
  /** passes from this one on that have the same sequences, if each sequence yields a token a pass */
  readonly alike: number;
}

/** Rules by which a replica chooses the work of a pass. */
export interface BatchRules {
  /** groups of GPUs that work side by side, each on its own sequences */
  readonly groups: number;
  /** most prompt tokens of a group in a pass */
  readonly chunkTokens: number;
  readonly drafts: Drafting;
}

/**
 * Longest wait of prompts for those of other groups, passes. A pass with one prompt takes about as long as a pass with
 * one in every group, so engines compute prompts of all groups together while all groups have sequences that decode.
 *
 * TensorRT-LLM, attention_dp_config (enable_balance), timeout_iters,
 * https://nvidia.github.io/TensorRT-LLM/llm-api/reference/AttentionDpConfig.html.
 */
export const holdPasses = 50;

const sumOf = <T>(items: readonly T[], value: (item: T) => number): number => {
  let sum = 0;
  for (const item of items) sum += value(item);
  return sum;
};

/**
 * The sequences in a replica, and the work of its next pass. A pass decodes every sequence whose prompt has been read,
 * and computes chunks of the other prompts, first come first served.
 *
 * Continuous batching: Yu et al. 2022, Orca, OSDI. Chunked prefill beside decoding: Agrawal et al. 2024, Sarathi-Serve,
 * arXiv 2403.02310. Simplified: sequences that decode, and chunks, all have their mean length.
 */
export class RunningBatch<S extends RunningRequest> {
  readonly #rules: BatchRules;
  #prompts: S[] = [];
  #decoding: S[] = [];
  /** passes that prompts have waited for those of other groups */
  #held = 0;

  constructor(rules: BatchRules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#prompts.length + this.#decoding.length;
  }

  admit(sequence: S): void {
    this.#prompts.push(sequence);
  }

  /** The next pass of a batch that is not empty. */
  next(): BatchPass<S> {
    const decoding = this.#decoding.length;
    const contextTokens =
      sumOf(this.#decoding, ({ inputTokens, generated }) => inputTokens + generated) / decoding;
    const chunks = this.#holds() ? [] : this.#chunks();
    const prefill: Part = {
      phase: "prefill",
      sequences: chunks.length,
      newTokens: sumOf(chunks, ({ newTokens }) => newTokens) / chunks.length,
      cachedTokens: sumOf(chunks, ({ cachedTokens }) => cachedTokens) / chunks.length,
    };
    return {
      parts: [
        ...(decoding > 0 ? [decodePart(decoding, contextTokens, this.#rules.drafts)] : []),
        ...(chunks.length > 0 ? [prefill] : []),
      ],
      decoding,
      contextTokens,
      chunks,
      alike: chunks.length > 0 ? 1 : this.#alike(),
    };
  }

  /**
   * Ends passes that are alike.
   *
   * @param tokensOf tokens that a sequence has yielded in these passes
   * @returns sequences whose prompt has been read, and those that have all their tokens
   */
  finish(
    pass: BatchPass<S>,
    passes: number,
    tokensOf: (sequence: S) => number,
  ): { read: S[]; finished: S[] } {
    if (pass.chunks.length > 0) this.#held = 0;
    else if (this.#prompts.length > 0) this.#held += passes;
    for (const sequence of this.#decoding) sequence.generated += tokensOf(sequence);
    const read: S[] = [];
    for (const { sequence, newTokens } of pass.chunks) {
      sequence.cached += newTokens;
      if (sequence.cached < sequence.inputTokens) continue;
      sequence.generated = 1;
      read.push(sequence);
    }
    if (read.length > 0) {
      this.#prompts = this.#prompts.filter(({ generated }) => generated === 0);
      this.#decoding.push(...read);
    }
    const finished = this.#decoding.filter(({ generated, outputTokens }) => generated >= outputTokens);
    if (finished.length > 0)
      this.#decoding = this.#decoding.filter(({ generated, outputTokens }) => generated < outputTokens);
    return { read, finished };
  }

  /** Whether prompts wait for those of other groups. */
  #holds(): boolean {
    const { groups } = this.#rules;
    return this.#decoding.length >= groups && this.#prompts.length < groups && this.#held < holdPasses;
  }

  #chunks(): Chunk<S>[] {
    const { groups, chunkTokens } = this.#rules;
    const chunks: Chunk<S>[] = [];
    let room = chunkTokens * groups;
    for (const sequence of this.#prompts) {
      if (room === 0) break;
      const newTokens = Math.min(room, chunkTokens, sequence.inputTokens - sequence.cached);
      room -= newTokens;
      chunks.push({ sequence, newTokens, cachedTokens: sequence.cached });
    }
    return chunks;
  }

  #alike(): number {
    let least = this.#prompts.length > 0 ? holdPasses - this.#held : Infinity;
    for (const { outputTokens, generated } of this.#decoding)
      least = Math.min(least, outputTokens - generated);
    return least;
  }
}
