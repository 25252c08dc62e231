/** What K and V are stored as, and the bytes of an element. */
export const kvDtypeBytes = {
  f32: 4,
  bf16: 2,
  /** E4M3, one scale per row (not counted) */
  fp8: 1,
  /** E2M1 in blocks of 16 with an E4M3 scale: 4.5 bits */
  nvfp4: 0.5625,
} as const;

export type KvDtype = keyof typeof kvDtypeBytes;

/** Every dtype, widest first. */
export const kvDtypes = Object.keys(kvDtypeBytes) as readonly KvDtype[];
