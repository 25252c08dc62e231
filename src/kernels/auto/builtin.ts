import type { Measured } from "./table.ts";

/**
 * Where nothing was measured: an estimate until `attnsim bench --calibrate` is run. On two cores with AVX-512 few
 * queries are bound by memory, which the SIMD kernels read fastest.
 */
export const builtinTable: readonly Measured[] = [
  { kind: "attend", sizes: [1, 4096, 128], ms: { wasm: 0.11, tfjs: 0.757 } },
  { kind: "attend", sizes: [1, 65536, 128], ms: { wasm: 2.01, tfjs: 4.88 } },
  { kind: "attend", sizes: [1, 1048576, 128], ms: { wasm: 36.2, tfjs: 77.2 } },
  { kind: "attend", sizes: [8, 4096, 128], ms: { wasm: 0.366, tfjs: 0.927 } },
  { kind: "attend", sizes: [8, 65536, 128], ms: { wasm: 6.43, tfjs: 12 } },
  { kind: "attend", sizes: [8, 1048576, 128], ms: { wasm: 115, tfjs: 273 } },
  { kind: "attend", sizes: [64, 4096, 128], ms: { wasm: 4.44, tfjs: 3.31 } },
  { kind: "attend", sizes: [64, 65536, 128], ms: { wasm: 36.6, tfjs: 29.6 } },
  { kind: "attend", sizes: [64, 1048576, 128], ms: { wasm: 577, tfjs: 470 } },
  { kind: "causal", sizes: [512, 512, 128], ms: { wasm: 1.93, tfjs: 18.6 } },
  { kind: "causal", sizes: [4096, 4096, 128], ms: { wasm: 80.2, tfjs: 70 } },
  { kind: "listed", sizes: [1, 2048, 128], ms: { wasm: 0.194, tfjs: 1.49 } },
  { kind: "scores", sizes: [1, 65536, 128], ms: { wasm: 0.631, tfjs: 2.87 } },
  { kind: "scores", sizes: [64, 65536, 128], ms: { wasm: 34, tfjs: 22.5 } },
  { kind: "reluScores", sizes: [64, 65536, 128], ms: { wasm: 22.5, tfjs: 23.8 } },
  { kind: "blockMean", sizes: [65536, 128, 64], ms: { wasm: 0.552, tfjs: 1.57 } },
  { kind: "topK", sizes: [1, 65536, 2048], ms: { wasm: 0.134, tfjs: 1.09 } },
];
