import { from } from "../../core/units.ts";
import type { EngineRule } from "./rule.ts";
import { keepsAll, keepsWindow, statesOf, sumOver } from "./rule.ts";
import { recordPools, reserveRecords, whyNoRecordPool } from "./sglang-records.ts";

const pools = {
  title: "SGLang, pool_configurator.py",
  url: "https://github.com/sgl-project/sglang/blob/003fca8027387a3d6565b2c08e497e3020ac6211/python/sglang/srt/model_executor/pool_configurator.py",
};
const states = {
  title: "SGLang, kv_cache_configurator.py",
  url: "https://github.com/sgl-project/sglang/blob/003fca8027387a3d6565b2c08e497e3020ac6211/python/sglang/srt/mem_cache/kv_cache_configurator.py",
};

/** Tokens of the pool of windows for each token of the pool of layers that keep all. */
const windowRatio = from(pools)(0.8, "1", {
  where: "swa_full_tokens_ratio, default of server_args.py",
}).value;
/** Memory for states over memory for tokens. */
const stateRatio = from(states)(0.9, "1", {
  where: "mamba_full_memory_ratio, default of server_args.py",
}).value;
/** States that the pool has for each running request: its own, that of its cached prefix, and one more. */
const statesOfRequest = from(states)(3, "1", { where: "MAMBA_CACHE_SIZE_MAX_RUNNING_REQUESTS_RATIO" }).value;

/**
 * Pools of SGLang. Layers that keep every token and windows have a pool each, whose sizes stand in a fixed ratio; a sequence
 * takes the share of both of the one that is short. States have a pool in a fixed ratio to that of tokens, with three slots
 * for each request.
 */
export const sglang: EngineRule = {
  summary:
    "pools in fixed ratios: .8 tokens of windows for each of full layers, .9 bytes of states for each of tokens, three states a request; .1 tokens of windows beside DeepSeek-V4's records",
  sources: [pools, states, recordPools],
  lacks: whyNoRecordPool,
  reserve(layers) {
    if (layers.some(({ records }) => records)) return reserveRecords(layers);
    const all = layers.filter(keepsAll);
    const windows = layers.filter(keepsWindow);
    const [full, local] = [all, windows].map((each) => sumOver(each, ({ tokenBytes }) => tokenBytes)) as [
      number,
      number,
    ];
    const longest = Math.max(0, ...windows.map(({ window }) => window!));
    // a pool of windows alone has no other to be in ratio with
    const cell = all.length === 0 ? local : full + windowRatio * local;
    const windowTokens = (tokens: number): number =>
      Math.min(tokens, longest + 1) / (all.length === 0 ? 1 : windowRatio);
    const tokensOf = (tokens: number): number =>
      all.length === 0 ? windowTokens(tokens) : Math.max(tokens, windowTokens(tokens));
    const state = statesOf(layers);
    if (state === 0)
      return {
        fixed: all.length === 0 ? cell * windowTokens(Infinity) : 0,
        slope: all.length === 0 ? 0 : cell,
        bytes: (tokens) => cell * tokensOf(tokens),
      };
    const kept = ((1 + stateRatio) / stateRatio) * statesOfRequest * state;
    const bytes = (tokens: number): number => Math.max(kept, (1 + stateRatio) * cell * tokensOf(tokens));
    return {
      fixed: all.length === 0 ? bytes(Number.MAX_SAFE_INTEGER) : kept,
      slope: all.length === 0 ? 0 : (1 + stateRatio) * cell,
      larger: true,
      bytes,
    };
  },
};
