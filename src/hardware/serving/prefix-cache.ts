import type { PromptBlocks } from "./arrivals.ts";

/** Where blocks of prompts are kept after their requests: nowhere, in HBM, or in HBM and then in the host's memory. */
export const prefixTiers = ["off", "hbm", "host"] as const;

export type PrefixTier = (typeof prefixTiers)[number];

/** Counts of a prefix cache. */
export interface PrefixCounts {
  /** tokens of prompts, and those found in HBM and in the host's memory */
  readonly promptTokens: number;
  readonly hbmTokens: number;
  readonly hostTokens: number;
  /** bytes moved from HBM to the host's memory and back, B */
  readonly storedBytes: number;
  readonly loadedBytes: number;
  /** blocks that left HBM, and those of them that are kept nowhere */
  readonly evictedBlocks: number;
  readonly droppedBlocks: number;
  readonly evictedBytes: number;
}

interface StoredBlock {
  readonly bytes: number;
  /** requests that read it */
  users: number;
  /** whether its tokens have been computed */
  isComputed: boolean;
}

/** Memory of a group and how its blocks are counted. */
export interface PrefixMemory {
  /** HBM of the group for caches, B */
  readonly room: number;
  /** memory of the host for blocks of the group, B; 0 without that tier */
  readonly hostRoom: number;
  /** cache of a sequence of `tokens` tokens, B */
  kvBytes(tokens: number): number;
}

/** A request's place in a group. */
export interface HeldPrompt {
  /** tokens found in HBM, and in the host's memory after them */
  readonly hbmTokens: number;
  readonly hostTokens: number;
  /** bytes to load from the host's memory */
  readonly loadBytes: number;
  /** blocks that it reads or makes, first to last */
  readonly own: readonly string[];
  /** bytes of its own beside them */
  readonly aloneBytes: number;
}

/**
 * The caches of one group: those of running requests, and of finished ones the blocks of their prompts, least recently
 * used first out. A block is found only if all blocks before it are, and when its tokens have been computed. Requests that
 * share blocks hold them once.
 *
 * Prefix caching by hashed blocks: vLLM, v1/core/kv_cache_manager.py, whose freed blocks also wait for eviction last
 * block first; a tier in the host's memory: Mooncake, arXiv 2407.00079.
 */
export class PrefixCache {
  readonly #memory: PrefixMemory;
  readonly #blocks = new Map<string, StoredBlock>();
  /** blocks in HBM that nobody reads, least recently used first */
  readonly #idle = new Map<string, number>();
  /** blocks in the host's memory, least recently used first */
  readonly #host = new Map<string, number>();
  #used = 0;
  #idleBytes = 0;
  #hostUsed = 0;
  #counts = {
    promptTokens: 0,
    hbmTokens: 0,
    hostTokens: 0,
    storedBytes: 0,
    loadedBytes: 0,
    evictedBlocks: 0,
    droppedBlocks: 0,
    evictedBytes: 0,
  };

  constructor(memory: PrefixMemory) {
    this.#memory = memory;
  }

  get counts(): PrefixCounts {
    return this.#counts;
  }

  /** Bytes in HBM that requests hold. */
  get heldBytes(): number {
    return this.#used - this.#idleBytes;
  }

  /** Names of a prompt's whole blocks. */
  #names(inputTokens: number, blocks: PromptBlocks | undefined): string[] {
    if (blocks === undefined) return [];
    const whole = Math.min(blocks.ids.length, Math.floor(inputTokens / blocks.tokens));
    return blocks.ids.slice(0, whole).map((id) => `${blocks.scope ?? ""}/${id}`);
  }

  #bytesAt(i: number, tokens: number): number {
    return this.#memory.kvBytes((i + 1) * tokens) - this.#memory.kvBytes(i * tokens);
  }

  /** Number of a prompt's first blocks that are found; one token at least is computed. */
  #found(names: readonly string[], inputTokens: number, tokens: number): number {
    const most = Math.min(names.length, Math.ceil(inputTokens / tokens) - 1);
    let found = 0;
    while (found < most && (this.#isInHbm(names[found]!) || this.#host.has(names[found]!))) found++;
    return found;
  }

  #isInHbm(name: string): boolean {
    return this.#blocks.get(name)?.isComputed ?? false;
  }

  /** Tokens of a prompt that are found. */
  tokensFound(inputTokens: number, blocks: PromptBlocks | undefined): number {
    if (blocks === undefined) return 0;
    return this.#found(this.#names(inputTokens, blocks), inputTokens, blocks.tokens) * blocks.tokens;
  }

  /**
   * Takes memory for a request, and evicts idle blocks for it.
   *
   * @returns its place; undefined if it does not fit beside the requests that run
   */
  admit(inputTokens: number, outputTokens: number, blocks: PromptBlocks | undefined): HeldPrompt | undefined {
    const names = this.#names(inputTokens, blocks);
    const tokens = blocks?.tokens ?? 1;
    const found = this.#found(names, inputTokens, tokens);
    let [newBytes, sharedBytes, woken, loadBytes, hbmTokens] = [0, 0, 0, 0, 0];
    const own: string[] = [];
    const sizes: number[] = [];
    names.forEach((name, i) => {
      const bytes = this.#bytesAt(i, tokens);
      const isHit = i < found && this.#isInHbm(name);
      if (isHit) hbmTokens += tokens;
      else if (i < found) loadBytes += bytes;
      // a block that another request still computes, or that lies behind a missing one, is made again beside it
      if (!isHit && this.#blocks.has(name)) return;
      own.push(name);
      sizes.push(bytes);
      if (isHit) sharedBytes += bytes;
      else newBytes += bytes;
      woken += this.#idle.get(name) ?? 0;
    });
    const aloneBytes = this.#memory.kvBytes(inputTokens + outputTokens) - newBytes - sharedBytes;
    const wanted = newBytes + aloneBytes;
    if (this.heldBytes + woken + wanted > this.#memory.room) return undefined;
    for (const name of own) this.#wake(name);
    this.#evict(this.#used + wanted - this.#memory.room);
    own.forEach((name, i) => {
      const known = this.#blocks.get(name);
      if (known) known.users++;
      else this.#blocks.set(name, { bytes: sizes[i]!, users: 1, isComputed: false });
    });
    this.#used += wanted;
    const held = { hbmTokens, hostTokens: found * tokens - hbmTokens, loadBytes, own, aloneBytes };
    this.#counts.promptTokens += inputTokens;
    this.#counts.hbmTokens += held.hbmTokens;
    this.#counts.hostTokens += held.hostTokens;
    this.#counts.loadedBytes += loadBytes;
    return held;
  }

  /** Says that a request's prompt has been computed. */
  computed({ own }: HeldPrompt): void {
    for (const name of own) this.#blocks.get(name)!.isComputed = true;
  }

  /** Gives back what a finished request held; its blocks stay until their memory is needed. */
  release({ own, aloneBytes }: HeldPrompt): void {
    this.#used -= aloneBytes;
    for (const name of own.toReversed()) {
      const block = this.#blocks.get(name)!;
      block.users--;
      if (block.users > 0) continue;
      this.#idle.set(name, block.bytes);
      this.#idleBytes += block.bytes;
    }
  }

  #wake(name: string): void {
    const bytes = this.#idle.get(name);
    if (bytes === undefined) return;
    this.#idle.delete(name);
    this.#idleBytes -= bytes;
  }

  /** Evicts idle blocks of at least that many bytes, the least recently used first. */
  #evict(bytes: number): void {
    let freed = 0;
    for (const [name, size] of this.#idle) {
      if (freed >= bytes) return;
      freed += size;
      this.#wake(name);
      this.#blocks.delete(name);
      this.#used -= size;
      this.#counts.evictedBlocks++;
      this.#counts.evictedBytes += size;
      this.#store(name, size);
    }
  }

  /** Keeps an evicted block in the host's memory, and drops the least recently used ones there. */
  #store(name: string, size: number): void {
    const { hostRoom } = this.#memory;
    if (size > hostRoom) {
      this.#counts.droppedBlocks++;
      return;
    }
    const isThere = this.#host.delete(name);
    this.#host.set(name, size);
    if (isThere) return;
    this.#hostUsed += size;
    this.#counts.storedBytes += size;
    for (const [old, bytes] of this.#host) {
      if (this.#hostUsed <= hostRoom) return;
      this.#host.delete(old);
      this.#hostUsed -= bytes;
      this.#counts.droppedBlocks++;
    }
  }
}
