/** Types that K and V are stored as, and the bytes of an element. */
export const kvDtypeBytes = {
  f32: 4,
  bf16: 2,
  /** E4M3, one scale per row (not counted) */
  fp8: 1,
  /** E2M1 in blocks of 16 with an E4M3 scale: 4.5 bits */
  nvfp4: 0.5625,
  /**
   * 2 bits in groups of 32, each with its least number and its step in fp16: 3 bits (KIVI without its newest tokens)
   */
  kivi2: 0.375,
} as const;

export type KvDtype = keyof typeof kvDtypeBytes;

/** Types that round each row by itself, as it is written. The other types round a whole cache. */
export type RowDtype = Exclude<KvDtype, "kivi2">;

/** Every dtype, widest first. */
export const kvDtypes = Object.keys(kvDtypeBytes) as readonly KvDtype[];
