import { from } from "../../core/units.ts";
import type { CachedLayers, RecordsBeside, ReservedCache } from "./rule.ts";
import { sumOver } from "./rule.ts";

const at = (path: string) =>
  `https://github.com/sgl-project/sglang/blob/003fca8027387a3d6565b2c08e497e3020ac6211/python/sglang/srt/${path}`;

export const recordPools = {
  title: "SGLang, pool_configurator.py, DSV4PoolConfigurator",
  url: at("model_executor/pool_configurator.py"),
};

/** Tokens of the pool of raw records for each token of the model's context. */
const windowRatio = from({ title: "SGLang, overrides.py", url: at("arg_groups/overrides.py") })(0.1, "1", {
  where: "swa_full_tokens_ratio of DeepSeek-V4",
}).value;

/** States of a compression that is under way, by the tokens of its records. */
const rings: Readonly<Record<number, number>> = { 4: 8, 128: 128 };

/** Reason why SGLang's rule does not know records of a layer; undefined if it does. */
export const whyNoRecordPool = ({ records }: CachedLayers): string | undefined =>
  records === undefined || rings[records.pool] !== undefined
    ? undefined
    : `SGLang's rule for records knows those of ${Object.keys(rings).join(" and ")} tokens; got ${records.pool}`;

/** Bytes of the index of a record: FP8 numbers and a float32 scale for each 128. */
const indexBytes = ({ indexWidth = 0 }: RecordsBeside): number =>
  indexWidth + 4 * Math.ceil(indexWidth / 128);

/** Numbers of the states of a record under way and its index: keys and scores, of two records at once where they overlap. */
const stateNumbers = ({ pool, width, indexWidth = 0 }: RecordsBeside): number =>
  (pool === 4 ? 4 : 2) * (width + indexWidth);

/** Bytes of each token of the context over all layers. @param stateElement bytes of a number of the states */
export function recordTokenBytes(layers: readonly CachedLayers[], stateElement: number): number {
  const window = sumOver(layers, ({ records, tokenBytes }) => records?.rowBytes ?? tokenBytes);
  return (
    windowRatio * window +
    sumOver(layers, ({ records }) => {
      if (records === undefined) return 0;
      const { pool, rowBytes, window: kept } = records;
      const state = pool === 4 ? windowRatio * (rings[4]! / kept) * stateNumbers(records) * stateElement : 0;
      return (rowBytes + indexBytes(records)) / pool + state;
    })
  );
}

/**
 * Pools of SGLang for DeepSeek-V4: raw records of windows in a fixed ratio to the tokens of the context, records of each
 * pool, the index, and states of compressions under way, in float32; those of 128 tokens are set aside for each request.
 */
export function reserveRecords(layers: readonly CachedLayers[]): ReservedCache {
  const stateElement = 4;
  const slope = recordTokenBytes(layers, stateElement);
  const state = sumOver(layers, ({ records }) =>
    records === undefined || records.pool === 4
      ? 0
      : rings[records.pool]! * stateNumbers(records) * stateElement,
  );
  const longest = Math.max(...layers.map(({ records, window = 0 }) => records?.window ?? window));
  return {
    fixed: state,
    slope,
    bytes: (tokens) => state + slope * Math.max(tokens, Math.min(tokens, longest + 1) / windowRatio),
  };
}
