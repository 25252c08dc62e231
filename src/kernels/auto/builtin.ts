import type { Measured } from "./table.ts";

/**
 * Where nothing was measured: an estimate until `attnsim bench --calibrate` is run. On two cores with AVX-512 few
 * queries are bound by memory, which the SIMD kernels read fastest.
 */
export const builtinTable: readonly Measured[] = [
  { kind: "attend", sizes: [1, 4096, 128], ms: { wasm: 0.0804, tfjs: 0.238, ort: 0.069 } },
  { kind: "attend", sizes: [1, 65536, 128], ms: { wasm: 1.17, tfjs: 4.97, ort: 1.16 } },
  { kind: "attend", sizes: [1, 1048576, 128], ms: { wasm: 20.4, tfjs: 94.9, ort: 20.6 } },
  { kind: "attend", sizes: [8, 4096, 128], ms: { wasm: 0.242, tfjs: 0.544, ort: 0.388 } },
  { kind: "attend", sizes: [8, 65536, 128], ms: { wasm: 4.45, tfjs: 6.27, ort: 9.8 } },
  { kind: "attend", sizes: [8, 1048576, 128], ms: { wasm: 72, tfjs: 313, ort: 83.8 } },
  { kind: "attend", sizes: [64, 4096, 128], ms: { wasm: 1.42, tfjs: 1.44, ort: 1.01 } },
  { kind: "attend", sizes: [64, 65536, 128], ms: { wasm: 23.3, tfjs: 15.1, ort: 10.4 } },
  { kind: "attend", sizes: [64, 1048576, 128], ms: { wasm: 354, tfjs: 859, ort: 277 } },
  { kind: "causal", sizes: [512, 512, 128], ms: { wasm: 1.13, tfjs: 6.18, ort: 4.78 } },
  { kind: "causal", sizes: [4096, 4096, 128], ms: { wasm: 42.7, tfjs: 102, ort: 96.5 } },
  { kind: "listed", sizes: [1, 2048, 128], ms: { wasm: 0.0816, tfjs: 0.44, ort: 0.0846 } },
  { kind: "listed", sizes: [1, 65536, 128], ms: { wasm: 5.4, tfjs: 9.33, ort: 5.38 } },
  { kind: "listed", sizes: [64, 2048, 128], ms: { wasm: 3.13, tfjs: 24.3, ort: 3.09 } },
  { kind: "scores", sizes: [1, 65536, 128], ms: { wasm: 0.4, tfjs: 0.227, ort: 0.341 } },
  { kind: "scores", sizes: [1, 1048576, 128], ms: { wasm: 8.3, tfjs: 14.5, ort: 8.17 } },
  { kind: "scores", sizes: [64, 65536, 128], ms: { wasm: 10, tfjs: 7.76, ort: 8.42 } },
  { kind: "reluScores", sizes: [64, 65536, 128], ms: { wasm: 9.83, tfjs: 7.31, ort: 6.42 } },
  { kind: "reluScores", sizes: [64, 1048576, 128], ms: { wasm: 156, tfjs: 125, ort: 111 } },
  { kind: "blockMean", sizes: [65536, 128, 64], ms: { wasm: 0.396, tfjs: 1.28, ort: 0.377 } },
  { kind: "blockMean", sizes: [1048576, 128, 64], ms: { wasm: 9.07, tfjs: 19.4, ort: 9 } },
  { kind: "topK", sizes: [1, 65536, 2048], ms: { wasm: 0.0619, tfjs: 0.771, ort: 0.0618 } },
  { kind: "topK", sizes: [1, 1048576, 2048], ms: { wasm: 0.791, tfjs: 3.05, ort: 0.791 } },
  { kind: "topK", sizes: [64, 65536, 2048], ms: { wasm: 2.92, tfjs: 29.2, ort: 2.93 } },
];
