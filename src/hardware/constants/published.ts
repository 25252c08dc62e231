import type { FittedConstants } from "./constants.ts";

/**
 * FlashAttention-3 on an H100 SXM5: 642 TFLOP/s of 989 at 16K tokens, forward, causal (arXiv 2407.08608, figure 5, head
 * dimension 256), and 540 of about 800 at 8K on one limited in power (Meta, arXiv 2411.01783, section 4.2.3). It is
 * the rate of the whole kernel, exponentials included.
 */
const flashAttention3 = { compute: 0.65, exponentials: 1, overlap: 16 } as const;

const hopper = {
  "gqa-prefill": { bf16: flashAttention3 },
  "mla-prefill": { bf16: flashAttention3 },
} as const;

/**
 * Constants from papers, for systems whose kernels are not in data/blackwell-kernels; they replace those of the system
 * that stands in.
 */
export const published: FittedConstants = { h100: hopper, h200: hopper };
