import { UsageError } from "../../core/errors.ts";
import type { Request } from "./arrivals.ts";
import { PrefixCache } from "./prefix-cache.ts";
import type { HeldPrompt, PrefixCounts, PrefixTier } from "./prefix-cache.ts";
import type { Replica } from "./replica.ts";

/** A request's place in the caches of a replica. */
export interface CachePlace {
  readonly group: number;
  readonly held: HeldPrompt;
  /** time to load blocks from the host's memory over the links of the group's GPUs, s */
  readonly loadSeconds: number;
}

/** The caches of a replica's groups, each with a prefix cache of its own. */
export class GroupCaches {
  readonly #replica: Replica;
  readonly #tier: PrefixTier;
  readonly #room: number;
  readonly #groups: readonly PrefixCache[];
  #hasBlocks = false;

  constructor(replica: Replica, tier: PrefixTier) {
    const { kvCapacity, hostCapacity, cacheGroups } = replica;
    this.#replica = replica;
    this.#tier = tier;
    this.#room = kvCapacity / cacheGroups;
    const memory = {
      room: this.#room,
      hostRoom: tier === "host" ? hostCapacity / cacheGroups : 0,
      kvBytes: (tokens: number) => (tokens === 0 ? 0 : replica.kvBytes(tokens)),
    };
    this.#groups = Array.from({ length: cacheGroups }, () => new PrefixCache(memory));
  }

  /** Bytes in HBM that requests hold. */
  get heldBytes(): number {
    return this.#groups.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  /** Counts of all groups; undefined if no request named blocks. */
  get prefix(): PrefixCounts | undefined {
    if (!this.#hasBlocks) return undefined;
    const counts = this.#groups.map((group) => group.counts);
    const names = Object.keys(counts[0]!) as (keyof PrefixCounts)[];
    return Object.fromEntries(
      names.map((name) => [name, counts.reduce((sum, each) => sum + each[name], 0)]),
    ) as unknown as PrefixCounts;
  }

  /** @throws UsageError for a request that does not fit even alone */
  check({ inputTokens, outputTokens }: Request): void {
    const kvBytes = this.#replica.kvBytes(inputTokens + outputTokens);
    if (kvBytes > this.#room)
      throw new UsageError(
        `a request of the trace does not fit: ${inputTokens} + ${outputTokens} tokens take ${kvBytes} B; a group of the replica has ${this.#room} B for caches`,
      );
  }

  /**
   * A place for a request: in the group that holds most of its prompt, and of these in the one with the most memory, or
   * else in the next where it fits; undefined if it fits nowhere.
   */
  admit({ inputTokens, outputTokens, blocks }: Request): CachePlace | undefined {
    const named = this.#tier === "off" ? undefined : blocks;
    this.#hasBlocks ||= named !== undefined;
    const order = this.#groups
      .map((group, g) => ({ g, found: group.tokensFound(inputTokens, named), used: group.heldBytes }))
      .sort((a, b) => b.found - a.found || a.used - b.used || a.g - b.g);
    for (const { g } of order) {
      const held = this.#groups[g]!.admit(inputTokens, outputTokens, named);
      if (held === undefined) continue;
      const { loadBandwidth, cacheGroups } = this.#replica;
      return { group: g, held, loadSeconds: (held.loadBytes * cacheGroups) / loadBandwidth };
    }
    return undefined;
  }

  /** Says that a request's prompt has been computed. */
  computed({ group, held }: CachePlace): void {
    this.#groups[group]!.computed(held);
  }

  /** Gives back what a finished request held. */
  release({ group, held }: CachePlace): void {
    this.#groups[group]!.release(held);
  }
}
