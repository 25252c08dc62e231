import type { CachedLayers, PassSize, RecordsBeside, ReservedCache } from "./rule.ts";
import { sumOver } from "./rule.ts";

export const recordManager = {
  title: "TensorRT-LLM, deepseek_v4/cache_manager.py",
  url: "https://github.com/NVIDIA/TensorRT-LLM/blob/015279e0fc9d0d83e20212159227ff5cfa2ddd41/tensorrt_llm/_torch/attention_backend/sparse/deepseek_v4/cache_manager.py",
};

/** Tokens of a block; the other size that is allowed is 256. */
const blockTokens = 128;

/** Records that the states of one under way belong to: two where records overlap. */
const overlaps: Readonly<Record<number, number>> = { 4: 2, 128: 1 };

/** Reason why TensorRT-LLM's rule does not know records of a layer; undefined if it does. */
export const whyNoRecordBlocks = ({ records }: CachedLayers): string | undefined => {
  if (records === undefined) return undefined;
  const { pool, rowBytes, width } = records;
  if (overlaps[pool] === undefined)
    return `TensorRT-LLM's rule for records knows those of ${Object.keys(overlaps).join(" and ")} tokens; got ${pool}`;
  return rowBytes >= width
    ? undefined
    : `TensorRT-LLM's rule for records knows those in BF16 and FP8; got ${rowBytes} B of ${width} numbers; allowed: bf16, fp8`;
};

/** Bytes of a number of a record: TensorRT-LLM keeps all of it in one type, without scales. */
const element = ({ rowBytes, width }: RecordsBeside): number => (rowBytes >= 2 * width ? 2 : 1);

/** Bytes of the key of a record's index: FP8, and a float32 scale for each 128 numbers. */
const keyBytes = ({ indexWidth = 0 }: RecordsBeside): number => indexWidth + 4 * Math.floor(indexWidth / 128);

/** Bytes of a token's share of a record and its key, each rounded down. */
const shareBytes = (records: RecordsBeside): number =>
  Math.floor((records.width * element(records)) / records.pool) +
  Math.floor(keyBytes(records) / records.pool);

/** Bytes of the states of records under way, keys and scores in float32, of the record and of its index. */
function stateBytes(records: RecordsBeside, draftTokens: number): number {
  const { pool, width, indexWidth = 0 } = records;
  const overlap = overlaps[pool]!;
  return (overlap * pool + draftTokens) * 2 * overlap * (width + indexWidth) * 4;
}

/**
 * Memory of a request that generates, as TensorRT-LLM's scheduler counts it for DeepSeek-V4 (_get_generation_bytes): shares of
 * records and keys of each token, windows of raw records and states of records under way, both longer by the drafts of a step.
 * Records lie in blocks of 128 tokens. A prompt that is read is counted as if each token kept windows and states; how its
 * pools share the memory among them is not told by a formula.
 */
export function reserveRecordBlocks(
  layers: readonly CachedLayers[],
  { draftTokens = 0 }: PassSize,
): ReservedCache {
  const slope = sumOver(layers, ({ records }) => (records ? shareBytes(records) : 0));
  const [beside] = layers.flatMap(({ records }) => records ?? []);
  const rawBytes = beside!.width * element(beside!);
  const longest = Math.max(...layers.map(({ records, window = 0 }) => records?.window ?? window));
  const fixed = sumOver(
    layers,
    ({ records }) => (longest + draftTokens) * rawBytes + (records ? stateBytes(records, draftTokens) : 0),
  );
  return {
    fixed,
    slope,
    bytes: (tokens) => fixed + slope * Math.ceil(tokens / blockTokens) * blockTokens,
  };
}
