import { definePlacement } from "../placement.ts";

/**
 * K and V in the Grace CPU's LPDDR5X. The rows that a step reads come over NVLink-C2C; the index is in HBM. ShadowKV
 * and RetroInfer split memory in this way; here it is the memory of a GB200.
 */
export const grace = definePlacement({
  name: "grace",
  summary: "K and V in Grace LPDDR behind NVLink-C2C, the index in HBM",
  sources: [
    { title: "NVIDIA GB200 NVL72", url: "https://www.nvidia.com/en-us/data-center/gb200-nvl72/" },
    {
      title: "RetroInfer: A Vector-Storage Approach for Scalable Long-Context LLM Inference",
      url: "https://arxiv.org/abs/2505.02922",
    },
  ],
  params: {},
  place: (cost) => ({ ...cost, farKeptBytes: cost.keptBytes, farReadBytes: cost.kvReadBytes }),
});
