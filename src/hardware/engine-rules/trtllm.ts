import { groupBy } from "../../core/group.ts";
import { pageTokens } from "../memory.ts";
import type { CachedLayers, EngineRule } from "./rule.ts";
import { statesOf, sumOver } from "./rule.ts";
import { recordManager, reserveRecordBlocks, whyNoRecordBlocks } from "./trtllm-records.ts";

const manager = {
  title: "TensorRT-LLM, resource_manager.py",
  url: "https://github.com/NVIDIA/TensorRT-LLM/blob/d2a5560abdadfbdf496ce057696103e0509a71ed/tensorrt_llm/_torch/pyexecutor/resource_manager.py",
};

/** Layers with one window, and the tokens that they keep of a sequence. */
interface WindowPool {
  readonly layers: readonly CachedLayers[];
  readonly window: number;
}

/**
 * Pools of TensorRT-LLM's KVCacheManager, one for each size of window, with equal shares of the memory: a sequence takes the
 * share of every pool that it takes of the one that is full first. Blocks hold 32 tokens. States are set aside apart, one for
 * each sequence.
 *
 * resource_manager.py, calculate_max_num_blocks_for_vswa, with max_attention_window set to the model's windows. Without it all
 * layers keep every token.
 */
export const trtllm: EngineRule = {
  summary:
    "a pool for each size of window, with equal shares of the memory; blocks of 32 tokens; of DeepSeek-V4 what its scheduler counts of a request",
  sources: [manager, recordManager],
  lacks: whyNoRecordBlocks,
  reserve(layers, settings) {
    if (layers.some(({ records }) => records)) return reserveRecordBlocks(layers, settings);
    const cached = layers.filter(({ tokenBytes }) => tokenBytes > 0);
    const pools: WindowPool[] = [...groupBy(cached, ({ window }) => window ?? Infinity)].map(
      ([window, own]) => ({
        window,
        layers: own,
      }),
    );
    const state = statesOf(layers);
    const tokenBytes = ({ layers: own }: WindowPool): number => sumOver(own, (each) => each.tokenBytes);
    const paged = (tokens: number): number => Math.ceil(tokens / pageTokens.value) * pageTokens.value;
    const bytesOf = (pool: WindowPool, tokens: number): number =>
      pools.length * tokenBytes(pool) * paged(Math.min(tokens, pool.window));
    const most = (of: readonly WindowPool[], tokens: number): number =>
      Math.max(0, ...of.map((pool) => bytesOf(pool, tokens)));
    const [all] = pools.filter(({ window }) => window === Infinity);
    const bounded = pools.filter(({ window }) => window < Infinity);
    return {
      fixed: state + (all === undefined ? most(bounded, Number.MAX_SAFE_INTEGER) : 0),
      slope: all === undefined ? 0 : pools.length * tokenBytes(all),
      bytes: (tokens) => state + most(pools, tokens),
    };
  },
};
