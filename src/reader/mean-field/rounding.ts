import type { KvDtype } from "../../core/dtype.ts";
import type { Moment } from "./heads.ts";

/** Variance that rounding adds to standard normal numbers (measured; rounding.test.ts measures it again). */
const roundingNoise: Readonly<Record<KvDtype, number>> = {
  f32: 0,
  bf16: 2.8e-6,
  fp8: 6.5e-4,
  nvfp4: 0.009,
  kivi2: 0.154,
};

/** Variance that rounding adds to a number of the cache as a query reads it. KIVI rounds the cache after the prompt. */
export const roundingOf = (dtype: KvDtype, { phase }: Moment): number =>
  dtype === "kivi2" && phase === "prefill" ? 0 : roundingNoise[dtype];
