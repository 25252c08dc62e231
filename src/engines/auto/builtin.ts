import type { TimedCall } from "./table.ts";

/**
 * Times for machines that were not measured, until `attnsim bench --calibrate` is run. They were taken on two cores
 * with AVX-512. Calls of few queries are bound by memory, which the SIMD kernels read fastest.
 */
export const builtinTable: readonly TimedCall[] = [
  { kind: "attend", sizes: [1, 4096, 128], ms: { wasm: 0.057, tfjs: 0.221, ort: 0.0755 } },
  { kind: "attend", sizes: [1, 65536, 128], ms: { wasm: 1.2, tfjs: 2.59, ort: 1.15 } },
  { kind: "attend", sizes: [1, 1048576, 128], ms: { wasm: 20.5, tfjs: 91.6, ort: 20.6 } },
  { kind: "attend", sizes: [8, 4096, 128], ms: { wasm: 0.25, tfjs: 0.497, ort: 0.334 } },
  { kind: "attend", sizes: [8, 65536, 128], ms: { wasm: 4.66, tfjs: 6.41, ort: 9.21 } },
  { kind: "attend", sizes: [8, 1048576, 128], ms: { wasm: 72.4, tfjs: 118, ort: 155 } },
  { kind: "attend", sizes: [64, 4096, 128], ms: { wasm: 1.5, tfjs: 1.27, ort: 0.91 } },
  { kind: "attend", sizes: [64, 65536, 128], ms: { wasm: 23.5, tfjs: 31.1, ort: 17.6 } },
  { kind: "attend", sizes: [64, 1048576, 128], ms: { wasm: 380, tfjs: 674, ort: 273 } },
  { kind: "causal", sizes: [512, 512, 128], ms: { wasm: 1.11, tfjs: 2.81, ort: 1.32 } },
  { kind: "causal", sizes: [4096, 4096, 128], ms: { wasm: 44, tfjs: 44.5, ort: 24.9 } },
  { kind: "listed", sizes: [1, 2048, 128], ms: { wasm: 0.0773, tfjs: 0.442, ort: 0.0854 } },
  { kind: "listed", sizes: [1, 65536, 128], ms: { wasm: 5.08, tfjs: 8.22, ort: 5.06 } },
  { kind: "listed", sizes: [64, 2048, 128], ms: { wasm: 3.09, tfjs: 28.6, ort: 3.06 } },
  { kind: "scores", sizes: [1, 65536, 128], ms: { wasm: 0.346, tfjs: 0.236, ort: 0.341 } },
  { kind: "scores", sizes: [1, 1048576, 128], ms: { wasm: 7.92, tfjs: 13.7, ort: 7.97 } },
  { kind: "scores", sizes: [64, 65536, 128], ms: { wasm: 10.6, tfjs: 7.61, ort: 8.16 } },
  { kind: "reluScores", sizes: [64, 65536, 128], ms: { wasm: 9.3, tfjs: 7.06, ort: 6.45 } },
  { kind: "reluScores", sizes: [64, 1048576, 128], ms: { wasm: 155, tfjs: 119, ort: 105 } },
  { kind: "blockMean", sizes: [65536, 128, 64], ms: { wasm: 0.387, tfjs: 1.22, ort: 0.354 } },
  { kind: "blockMean", sizes: [1048576, 128, 64], ms: { wasm: 8.83, tfjs: 19.8, ort: 8.91 } },
  { kind: "topK", sizes: [1, 65536, 2048], ms: { wasm: 0.0617, tfjs: 0.763, ort: 0.0616 } },
  { kind: "topK", sizes: [1, 1048576, 2048], ms: { wasm: 0.794, tfjs: 3.03, ort: 0.794 } },
  { kind: "topK", sizes: [64, 65536, 2048], ms: { wasm: 2.92, tfjs: 28.7, ort: 2.9 } },
];
