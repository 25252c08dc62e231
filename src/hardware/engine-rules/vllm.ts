import { groupBy } from "../../core/group.ts";
import type { CachedLayers, EngineRule, PassSize, ReservedCache } from "./rule.ts";
import { keepsAll, sumOver } from "./rule.ts";
import { reserveRecordPages, whyNoRecordPages } from "./vllm-records.ts";

const at = (path: string) =>
  `https://github.com/vllm-project/vllm/blob/001cabc1be16a59a70d720ed61a13b678c060a18/${path}`;

/** Tokens of a block of the cache, and of one of latent records (FlashMLA's kernels). */
const blockTokens = 16;
const latentBlockTokens = 64;

/** Most that the layers of one kind may outnumber those of another for all to be padded to the larger number. */
const paddedUpTo = 1.5;

/** Layers of one kind with the pages of their blocks. */
interface PagedLayers {
  readonly each: CachedLayers;
  readonly layers: number;
  /** tokens of a block */
  readonly block: number;
  /** bytes of a block of one layer */
  readonly page: number;
}

/**
 * Blocks of vLLM. Layers of one kind alone have pages of their own sizes. Layers of several kinds share one pool of blocks:
 * their pages are made equal (blocks of smaller tokens hold more of them; a block of attention is as large as a state), they
 * are split into groups of as many layers, padded where they do not divide, and a block of any group takes a page of a whole
 * group. A window holds its tokens and those of a pass, and one block more, since it may begin within a block.
 *
 * kv_cache_utils.py, _get_kv_cache_groups_uniform_page_size and _max_memory_usage_bytes_from_groups;
 * kv_cache_interface.py, max_memory_usage_bytes; platforms/interface.py, _align_hybrid_block_size. From 0.26 a window holds
 * the tokens of two passes.
 */
export const vllm: EngineRule = {
  summary:
    "one pool of blocks: layers of several kinds in groups of as many layers, with pages padded to one size; of DeepSeek-V4's records, windows and states groups of a page of each kind",
  sources: [
    { title: "vLLM, kv_cache_utils.py", url: at("vllm/v1/core/kv_cache_utils.py") },
    { title: "vLLM, kv_cache_interface.py", url: at("vllm/v1/kv_cache_interface.py") },
  ],
  lacks: whyNoRecordPages,
  reserve(layers, settings) {
    if (layers.some(({ records }) => records)) return reserveRecordPages(layers, settings);
    const kinds = [...groupBy(layers, kindOf).values()].map((alike) => ({
      ...alike[0]!,
      layers: alike.reduce((sum, each) => sum + each.layers, 0),
    }));
    return isOneType(kinds) ? ownPages(kinds, settings) : sharedPages(pagesOf(kinds), settings);
  },
};

const kindOf = ({ tokenBytes, window, stateBytes }: CachedLayers): string =>
  JSON.stringify([tokenBytes, window, stateBytes]);

/** True if all layers need as many blocks: all keep every token, or the same window, or states alone. */
const isOneType = (kinds: readonly CachedLayers[]): boolean =>
  kinds.every(({ window, tokenBytes }) => window === kinds[0]!.window && tokenBytes > 0) ||
  kinds.every(({ tokenBytes }) => tokenBytes === 0);

/** Blocks of a sequence in one layer, once it is long, or at a length. */
function blocksOf(
  { each, block }: Pick<PagedLayers, "each" | "block">,
  tokens: number,
  { batchedTokens }: PassSize,
): number {
  if (each.tokenBytes === 0) return 1;
  if (each.window === undefined) return Math.ceil(tokens / block);
  return Math.ceil(Math.min(each.window - 1 + batchedTokens, tokens) / block) + 1;
}

/** Layers whose pages keep their own sizes. */
function ownPages(kinds: readonly CachedLayers[], settings: PassSize): ReservedCache {
  const block = kinds.some(({ latent }) => latent) ? latentBlockTokens : blockTokens;
  const page = sumOver(kinds, ({ tokenBytes, stateBytes = 0 }) => block * tokenBytes + stateBytes);
  const bytes = (tokens: number): number => page * blocksOf({ each: kinds[0]!, block }, tokens, settings);
  const grows = kinds.length > 0 && keepsAll(kinds[0]!);
  return {
    fixed: grows || kinds.length === 0 ? 0 : bytes(Infinity),
    slope: grows ? page / block : 0,
    bytes: kinds.length === 0 ? () => 0 : bytes,
  };
}

/** Pages of layers of several kinds, all as large as the largest. */
function pagesOf(kinds: readonly CachedLayers[]): PagedLayers[] {
  const state = Math.max(0, ...kinds.map(({ stateBytes = 0 }) => stateBytes));
  const widest = Math.max(...kinds.map(({ tokenBytes }) => tokenBytes));
  const own = kinds.some(({ latent }) => latent) ? latentBlockTokens : blockTokens;
  // a block of attention must be as large as a state
  const block = Math.max(own, own * Math.ceil(state / (own * widest)));
  const page = Math.max(block * widest, state);
  return kinds.map((each) => ({
    each,
    layers: each.layers,
    page,
    block: each.tokenBytes === 0 ? block : block * Math.floor(page / (block * each.tokenBytes)),
  }));
}

/** Layers of several kinds in one pool of blocks. */
function sharedPages(kinds: readonly PagedLayers[], settings: PassSize): ReservedCache {
  const counts = kinds.map(({ layers }) => layers);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const size = most < paddedUpTo * least ? most : least;
  const bytesOf = ({ layers, page }: PagedLayers, blocks: number): number =>
    Math.ceil(layers / size) * size * page * blocks;
  const sum = (of: (kind: PagedLayers) => number): number =>
    kinds.reduce((total, kind) => total + of(kind), 0);
  return {
    fixed: sum((kind) => (keepsAll(kind.each) ? 0 : bytesOf(kind, blocksOf(kind, Infinity, settings)))),
    slope: sum((kind) => (keepsAll(kind.each) ? bytesOf(kind, 1 / kind.block) : 0)),
    bytes: (tokens) => sum((kind) => bytesOf(kind, blocksOf(kind, tokens, settings))),
  };
}
