import { int } from "../../../core/params.ts";
import { readsAll } from "../../mean-field/reads.ts";
import { perHead } from "../../parts/per-head.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Bytes of a token's latent and rotary key: in FP8 the record of FlashMLA, 512 numbers of one byte with a float32 scale
 * for each 128, and 64 rotary ones in bf16, 656 B; the rotary part is never narrower than bf16.
 */
const recordBytes = (latent: number, rope: number, bytesPerElement: number): number =>
  bytesPerElement === 1
    ? latent + 4 * Math.ceil(latent / 128) + 2 * rope
    : latent * bytesPerElement + rope * Math.max(2, bytesPerElement);

/**
 * MLA, multi-head latent attention, absorbed: all heads read one latent for each token, which serves as key and as
 * value, and a rotary key that they share.
 *
 * DeepSeek-V2, arXiv 2405.04434; code deepseek-ai/FlashMLA (the FP8 record of 656 B). Defaults: latent 512, rope 64.
 */
export const mla = defineVariant({
  name: "mla",
  family: "dense",
  summary: "every token, through one latent for all heads (multi-head latent attention)",
  formula: [
    "s_t = q_c . c_t + q_r . k_t, c_t the latent (512), k_t the rotary key (64), q_c the query absorbed into it",
    "o = W_v sum_t p_t c_t, p = softmax(s) over the tokens [0, position]",
    "a token's record: latent + rope numbers (576); in fp8 FlashMLA's, with float32 scales and a bf16 rotary key, 656 B where `dense` counts 576 B",
  ].join("\n"),
  sources: [
    {
      title: "DeepSeek-V2: A Strong, Economical, and Efficient Mixture-of-Experts Language Model",
      url: "https://arxiv.org/abs/2405.04434",
      where: "section 2.1",
    },
    {
      title: "deepseek-ai/FlashMLA",
      url: "https://github.com/deepseek-ai/FlashMLA",
      where: "README, FP8 KV cache",
    },
  ],
  differs: [
    "The latent holds the kv heads' concatenated keys and values without loss, so that outputs are those of dense attention; a trained model's latent holds what it needs.",
    "Keys carry no rotary positions; their bytes count.",
  ],
  params: {
    latent: int("dimension of the latent", { default: 512, min: 1, sweep: [128, 256, 512, 1024] }),
    rope: int("dimension of the rotary key", { default: 64, min: 0 }),
  },
  prefill: "same",
  small: {},
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { latent, rope }) =>
    perHead(queries, cache, (read) => {
      // all heads read one record, which is key and value
      const rowBytes = recordBytes(latent, rope, cache.bytesPerElement) / cache.heads.length;
      return softmaxRead(
        { ...read, keys: { ...read.keys, rowBytes }, values: { ...read.values, rowBytes: 0 } },
        ops,
      );
    }),
  cost(shape, { latent, rope }) {
    const { tokens, queryHeads, bytesPerElement } = shape;
    const bytes = tokens * recordBytes(latent, rope, bytesPerElement);
    return {
      flops: 2 * tokens * queryHeads * (latent + rope + latent),
      exponentials: tokens * queryHeads,
      keptBytes: bytes,
      indexKeptBytes: 0,
      kvReadBytes: bytes,
      indexReadBytes: 0,
    };
  },
  madeFor: { model: "deepseek-v3", dense: "mla" },
  kernels: {
    latent: ({ latent, rope }, layer) =>
      layer.latent.value === latent && (layer.rope?.value ?? 0) === rope ? {} : undefined,
  },
  denseAt: () => ({}),
  meanField: (crowd) => [readsAll(crowd)],
});
