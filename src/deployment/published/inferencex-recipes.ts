/** Recipes of one rack, precision and length of requests. */
export interface RecipeList {
  /** GPUs of a prefilling replica, each with prompts of its own */
  readonly prefillGpus: number;
  /** most prompt tokens of a pass in prefill (`max_num_tokens`) */
  readonly chunkTokens: number;
  /** names of recipes, and numbers of requests in flight with which each was measured */
  readonly runs: readonly (readonly [name: string, inFlight: readonly number[]])[];
}

/**
 * Recipes with which InferenceX measured DeepSeek-R1 on TensorRT-LLM (Dynamo), prefill apart:
 * github.com/SemiAnalysisAI/InferenceX, configs/nvidia-master.yaml (8K/1K) and configs/deprecated/nvidia-1k1k-master.yaml
 * (1K/1K), entries dsr1-*-dynamo-trt, August 2026. Names are those of github.com/NVIDIA/srt-slurm, recipes/trtllm, which
 * hold the settings: FP8 cache, no balancer of experts in prefill.
 */
export const inferenceXRecipes = {
  "b200-fp4-1k": {
    prefillGpus: 4,
    chunkTokens: 16_384,
    runs: [
      ["ctx1_gen2_dep8_batch64_eplb0_mtp2", [1214]],
      ["ctx1_gen5_dep8_batch16_eplb0_mtp3", [875]],
      ["ctx1_gen5_tep8_batch1_eplb0_mtp3", [6]],
      ["ctx1_gen5_tep8_batch32_eplb0_mtp3", [10, 15, 25, 45, 90, 180]],
      ["ctx3_gen4_dep8_batch128_eplb0_mtp1", [4968]],
      ["ctx3_gen5_dep4_batch512_eplb0_mtp1", [10860]],
      ["ctx1_gen1_dep8_batch512_eplb0_mtp0", [4096]],
      ["ctx1_gen2_dep8_batch128_eplb0_mtp0", [2192]],
      ["ctx1_gen5_dep8_batch32_eplb0_mtp0", [1365]],
      ["ctx1_gen5_tep8_batch1_eplb0_mtp0", [6]],
      ["ctx1_gen5_tep8_batch32_eplb0_mtp0", [10, 15, 25, 45, 90, 180]],
      ["ctx1_gen6_tep8_batch64_eplb0_mtp0", [450]],
    ],
  },
  "gb200-fp4-8k": {
    prefillGpus: 4,
    chunkTokens: 16_384,
    runs: [
      ["ctx1_gen4_tep8_batch8_eplb0_mtp3", [4, 8, 12, 24, 48]],
      ["ctx3_gen1_dep32_batch4_eplb0_mtp3", [180]],
      ["ctx7_gen1_dep16_batch64_eplb256_mtp1", [1229]],
      ["ctx8_gen1_dep32_batch16_eplb0_mtp3", [666]],
      ["ctx11_gen1_dep16_batch256_eplb256_mtp1", [4301]],
      ["ctx1_gen4_tep8_batch16_eplb0_mtp0", [12, 44, 76]],
      ["ctx1_gen4_tep8_batch1_eplb0_mtp0", [5]],
      ["ctx2_gen1_dep32_batch8_eplb0_mtp0", [333]],
      ["ctx7_gen1_dep32_batch32_eplb0_mtp0", [1229]],
      ["ctx8_gen1_dep16_batch128_eplb0_mtp0", [2253]],
      ["ctx10_gen1_dep16_batch256_eplb256_mtp0", [4096]],
    ],
  },
  "gb200-fp4-1k": {
    prefillGpus: 4,
    chunkTokens: 16_384,
    runs: [
      ["ctx1_gen1_dep32_batch4_eplb0_mtp3", [180]],
      ["ctx1_gen4_tep8_batch8_eplb0_mtp3", [4, 8, 12, 24, 48]],
      ["ctx2_gen1_dep16_batch256_eplb256_mtp1", [4301]],
      ["ctx3_gen1_dep32_batch64_eplb288_mtp1", [2253]],
      ["ctx3_gen5_dep4_batch768_eplb0_mtp1", [16130]],
      ["ctx1_gen1_dep8_batch512_eplb0_mtp0", [4301]],
      ["ctx1_gen1_dep32_batch16_eplb0_mtp0", [666]],
      ["ctx1_gen2_dep4_batch768_eplb0_mtp0", [6144]],
      ["ctx1_gen4_tep8_batch32_eplb0_mtp0", [12, 24, 48, 96, 192]],
      ["ctx1_gen4_tep8_batch1_eplb0_mtp0", [5]],
      ["ctx2_gen1_dep16_batch256_eplb256_mtp0", [4301]],
      ["ctx2_gen1_dep32_batch64_eplb0_mtp0", [2253]],
    ],
  },
  "gb200-fp8-8k": {
    prefillGpus: 8,
    chunkTokens: 16_384,
    runs: [
      ["ctx3_gen1_dep8_batch64_eplb0_mtp3", [666]],
      ["ctx5_gen1_dep16_batch32_eplb0_mtp3", [666]],
      ["ctx3_gen1_dep16_batch16_eplb0_mtp3", [333]],
      ["ctx4_gen1_dep32_batch8_eplb0_mtp3", [333]],
      ["ctx2_gen1_dep32_batch2_eplb0_mtp3", [90]],
      ["ctx1_gen3_tep8_batch4_eplb0_mtp3", [15]],
      ["ctx1_gen3_tep8_batch2_eplb0_mtp3", [6]],
      ["ctx5_gen1_dep16_batch64_eplb0_mtp0", [1229]],
      ["ctx4_gen1_dep32_batch16_eplb0_mtp0", [666]],
      ["ctx3_gen1_dep16_batch32_eplb0_mtp0", [615]],
      ["ctx2_gen1_dep32_batch8_eplb0_mtp0", [333]],
      ["ctx1_gen3_tep8_batch16_eplb0_mtp0", [63]],
      ["ctx1_gen3_tep8_batch4_eplb0_mtp0", [18]],
      ["ctx1_gen3_tep8_batch1_eplb0_mtp0", [6]],
    ],
  },
  "gb300-fp4-1k": {
    prefillGpus: 2,
    chunkTokens: 16_384,
    runs: [
      ["ctx1_gen1_dep4_batch768_eplb0_mtp1", [3226]],
      ["ctx1_gen1_dep32_batch8_eplb0_mtp3", [333]],
      ["ctx1_gen4_tep8_batch1_eplb0_mtp3", [5]],
      ["ctx1_gen4_tep8_batch8_eplb0_mtp3", [8, 12, 24, 48]],
      ["ctx3_gen1_dep16_batch128_eplb256_mtp1", [2253]],
      ["ctx3_gen1_dep32_batch32_eplb288_mtp3", [1229]],
      ["ctx1_gen4_tep8_batch1_eplb0_mtp0", [5]],
      ["ctx1_gen4_tep8_batch32_eplb0_mtp0", [12, 48, 96, 192]],
      ["ctx2_gen1_dep8_batch1024_eplb0_mtp0", [8192]],
      ["ctx2_gen1_dep32_batch32_eplb0_mtp0", [1229]],
      ["ctx3_gen1_dep16_batch256_eplb256_mtp0", [4301]],
      ["ctx3_gen1_dep32_batch64_eplb0_mtp0", [2253]],
    ],
  },
  "gb300-fp8-1k": {
    prefillGpus: 4,
    chunkTokens: 8192,
    runs: [
      ["ctx1_gen4_tep8_batch1_eplb0_mtp3", [8]],
      ["ctx1_gen4_tep8_batch4_eplb0_mtp3", [24]],
      ["ctx1_gen1_dep32_batch4_eplb0_mtp3", [180]],
      ["ctx2_gen1_dep32_batch16_eplb0_mtp3", [564]],
      ["ctx1_gen1_dep16_batch32_eplb0_mtp3", [666]],
      ["ctx2_gen1_dep16_batch128_eplb0_mtp1", [2253]],
      ["ctx3_gen2_dep8_batch512_eplb0_mtp1", [8192]],
      ["ctx1_gen4_tep8_batch1_eplb0_mtp0", [4]],
      ["ctx1_gen4_tep8_batch4_eplb0_mtp0", [24]],
      ["ctx1_gen4_tep8_batch16_eplb0_mtp0", [84]],
      ["ctx2_gen1_dep32_batch32_eplb0_mtp0", [1229]],
      ["ctx2_gen1_dep16_batch128_eplb0_mtp0", [2253]],
      ["ctx3_gen2_dep8_batch512_eplb0_mtp0", [8602]],
      ["ctx3_gen2_dep8_batch768_eplb0_mtp0", [12288]],
    ],
  },
} as const satisfies Readonly<Record<string, RecipeList>>;
