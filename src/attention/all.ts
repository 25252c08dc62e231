// dense: every token, exactly
export { dense } from "./variants/dense/dense.ts";
export { mla } from "./variants/dense/mla.ts";

// static: tokens chosen by place alone
export { aShape } from "./variants/static/a-shape.ts";
export { chunked } from "./variants/static/chunked.ts";
export { duoOnTheFly } from "./variants/static/duo-on-the-fly.ts";
export { duo } from "./variants/static/duo.ts";
export { sinkWindow } from "./variants/static/sink-window.ts";
export { triShape } from "./variants/static/tri-shape.ts";

// dynamic: tokens chosen for each query
export { dsa } from "./variants/dynamic/dsa.ts";
export { flexprefill } from "./variants/dynamic/flexprefill.ts";
export { indexShare } from "./variants/dynamic/index-share.ts";
export { infllmV2 } from "./variants/dynamic/infllm-v2.ts";
export { loki } from "./variants/dynamic/loki.ts";
export { magicpig } from "./variants/dynamic/magicpig.ts";
export { moba } from "./variants/dynamic/moba.ts";
export { msa } from "./variants/dynamic/msa.ts";
export { nsa } from "./variants/dynamic/nsa.ts";
export { topP } from "./variants/dynamic/oracle-top-p.ts";
export { oracle } from "./variants/dynamic/oracle.ts";
export { pooledDsa } from "./variants/dynamic/pooled-dsa.ts";
export { qsa } from "./variants/dynamic/qsa.ts";
export { quest } from "./variants/dynamic/quest.ts";
export { tokenSelect } from "./variants/dynamic/token-select.ts";
export { twoLevel } from "./variants/dynamic/two-level.ts";
export { verticalSlash } from "./variants/dynamic/vertical-slash.ts";
export { xattention } from "./variants/dynamic/xattention.ts";

// eviction: tokens dropped for good after the prompt
export { adakv } from "./variants/eviction/adakv.ts";
export { chunkkv } from "./variants/eviction/chunkkv.ts";
export { compactor } from "./variants/eviction/compactor.ts";
export { cur } from "./variants/eviction/cur.ts";
export { expected } from "./variants/eviction/expected.ts";
export { finch } from "./variants/eviction/finch.ts";
export { h2o } from "./variants/eviction/h2o.ts";
export { keydiff } from "./variants/eviction/keydiff.ts";
export { knorm } from "./variants/eviction/knorm.ts";
export { kvzip } from "./variants/eviction/kvzip.ts";
export { lagkv } from "./variants/eviction/lagkv.ts";
export { pyramidkv } from "./variants/eviction/pyramidkv.ts";
export { qfilter } from "./variants/eviction/qfilter.ts";
export { random } from "./variants/eviction/random.ts";
export { selective } from "./variants/eviction/selective.ts";
export { snapkv } from "./variants/eviction/snapkv.ts";
export { tova } from "./variants/eviction/tova.ts";

// hierarchical: summaries of the context at one size or several
export { csa } from "./variants/hierarchical/csa.ts";
export { hca } from "./variants/hierarchical/hca.ts";
export { infiniteHip } from "./variants/hierarchical/infinite-hip.ts";
export { landmark } from "./variants/hierarchical/landmark.ts";
export { logLinear } from "./variants/hierarchical/log-linear.ts";
export { tree } from "./variants/hierarchical/tree.ts";

// memory: a memory beside the window, or in another tier
export { infini } from "./variants/memory/infini.ts";
export { infinigen } from "./variants/memory/infinigen.ts";
export { knnMemory } from "./variants/memory/knn-memory.ts";
export { shadowkv } from "./variants/memory/shadowkv.ts";

// recurrent: a state in place of a cache
export { gatedDeltanet } from "./variants/recurrent/gated-deltanet.ts";
export { kda } from "./variants/recurrent/kda.ts";
export { linear } from "./variants/recurrent/linear.ts";
export { mamba2 } from "./variants/recurrent/mamba-2.ts";

// hybrid: layer plans of models
export { deepseekV4Flash } from "./variants/hybrid/deepseek-v4-flash.ts";
export { deepseekV4Pro } from "./variants/hybrid/deepseek-v4-pro.ts";
export { gemma3 } from "./variants/hybrid/gemma-3.ts";
export { glm53Flash } from "./variants/hybrid/glm-5.3-flash.ts";
export { gptOss } from "./variants/hybrid/gpt-oss.ts";
export { kimiK3 } from "./variants/hybrid/kimi-k3.ts";
export { kimiLinear } from "./variants/hybrid/kimi-linear.ts";
export { llama4 } from "./variants/hybrid/llama-4.ts";
export { minimaxM3 } from "./variants/hybrid/minimax-m3.ts";
export { nemotron3Nano } from "./variants/hybrid/nemotron-3-nano.ts";
export { qwen3Next } from "./variants/hybrid/qwen3-next.ts";
export { qwen38FlashNext } from "./variants/hybrid/qwen3.8-flash-next.ts";
