// Constants of narrow number formats. The kernels (engines/wasm/assembly) compile this file too.

/** Numbers under one scale in NVFP4. */
export const nvfp4Block = 16;

/** Largest E4M3 number: OCP 8-bit floating point specification 1.0, table 1. */
export const largestE4m3 = 448;

/** Largest E2M1 number: OCP microscaling formats specification 1.0, table 5. */
export const largestE2m1 = 6;
