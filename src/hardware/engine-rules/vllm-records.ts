import type { CachedLayers, PassSize, ReservedCache } from "./rule.ts";

/** Bytes of a record of 512 numbers in FP8 (fp8_ds_mla), and of the key of its index of 128 numbers. */
const recordBytes = 584;
const keyBytes = 132;

/** Tokens of a block of records, and multiple that a page is padded to. */
const blockTokens = 256;
const alignment = 576;

/** Tokens of a block of raw records, and of the states of a record under way by the tokens of a record. */
const rawBlock = 64;
const stateBlocks: Readonly<Record<number, number>> = { 4: 4, 128: 8 };

/** Reason why vLLM's rule does not know records of a layer; undefined if it does. */
export const whyNoRecordPages = ({ records }: CachedLayers): string | undefined => {
  if (records === undefined) return undefined;
  const { pool, rowBytes, width } = records;
  if (stateBlocks[pool] === undefined)
    return `vLLM's rule for records knows those of 4 and 128 tokens; got ${pool}`;
  return rowBytes === recordBytes && width === 512
    ? undefined
    : `vLLM's rule for records knows those of 512 numbers in FP8, ${recordBytes} B; got ${width} in ${rowBytes} B; allowed: fp8`;
};

const up = (bytes: number, multiple: number): number => Math.ceil(bytes / multiple) * multiple;

/** Layers whose records share blocks: pages a sequence needs, and layers of the most frequent size of page. */
interface PageGroup {
  readonly layers: number;
  /** tokens that it keeps; all without it */
  readonly window?: number;
  readonly block: number;
}

/** Number of layers that wastes the fewest layers if all groups are padded to its multiples. */
function sharedLayers(groups: readonly PageGroup[]): number {
  const least = groups[0]!.layers;
  const most = Math.max(...groups.map(({ layers }) => layers));
  const padding = (size: number): number =>
    groups.reduce((sum, { layers }) => sum + up(layers, size) - layers, 0);
  let best = least;
  for (let size = least; size <= most; size++) if (padding(size) <= padding(best)) best = size;
  return best;
}

/** Blocks of a sequence in one group. */
function blocksOf({ window, block }: PageGroup, tokens: number, { batchedTokens }: PassSize): number {
  if (window === undefined) return Math.ceil(tokens / block);
  return Math.ceil(Math.min(window - 1 + batchedTokens, tokens) / block) + 1;
}

/**
 * Blocks of vLLM for DeepSeek-V4: records and keys of 256 tokens; raw records of windows; states of records under way, of 8
 * tokens for records of 4 and of 128 for records of 128. All groups have as many layers, and a block of any group takes a page
 * of each kind in each of them. Drafts are left out.
 *
 * kv_cache_utils.py, _get_kv_cache_groups_uniform_groups and _max_memory_usage_bytes_from_groups; compressor.py,
 * CompressorStateCache; sparse_swa.py, DeepseekV4SWACache.
 */
export function reserveRecordPages(layers: readonly CachedLayers[], settings: PassSize): ReservedCache {
  const count = (is: (each: CachedLayers) => boolean): number =>
    layers.filter(is).reduce((sum, each) => sum + each.layers, 0);
  const [fours, hundreds] = [4, 128].map((pool) => count(({ records }) => records?.pool === pool)) as [
    number,
    number,
  ];
  const longest = Math.max(...layers.map(({ records, window = 0 }) => records?.window ?? window));
  const page = (blockRecords: number, bytes: number): number => up(blockRecords * bytes, alignment);
  const tuple =
    (fours > 0 ? page(blockTokens / 4, recordBytes) + page(blockTokens / 4, keyBytes) : 0) +
    (hundreds > 0 ? page(blockTokens / 128, recordBytes) : 0);
  const groups: readonly PageGroup[] = [
    { layers: Math.max(fours, hundreds), block: blockTokens },
    { layers: count(() => true), window: longest, block: rawBlock },
    ...(fours > 0 ? [{ layers: fours, window: 8, block: stateBlocks[4]! }] : []),
    ...(hundreds > 0 ? [{ layers: hundreds, window: 128, block: stateBlocks[128]! }] : []),
  ];
  const size = sharedLayers(groups);
  const apart = groups.flatMap((group) =>
    Array.from({ length: Math.ceil(group.layers / size) }, (_, i) => ({
      ...group,
      layers: Math.ceil((group.layers - i) / Math.ceil(group.layers / size)),
    })),
  );
  const most = Math.max(...apart.map((group) => group.layers));
  const bytesOf = (of: readonly PageGroup[], tokens: number): number =>
    most * tuple * of.reduce((sum, group) => sum + blocksOf(group, tokens, settings), 0);
  return {
    fixed: bytesOf(
      apart.filter(({ window }) => window !== undefined),
      Infinity,
    ),
    slope: (most * tuple) / blockTokens,
    bytes: (tokens) => bytesOf(apart, tokens),
  };
}
