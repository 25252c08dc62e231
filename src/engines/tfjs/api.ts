/** A tensor in TensorFlow's memory. */
export interface TfTensor {
  readonly shape: number[];
  dataSync(): Float32Array | Int32Array | Uint8Array;
}

type DType = "float32" | "int32";

/**
 * The part of @tensorflow/tfjs-node that the engine calls. The package is optional, and its types must be known without
 * it.
 */
export interface Tf {
  readonly version: Readonly<Record<string, string>>;
  memory(): { numTensors: number };
  /**
   * Frees every tensor made in `work`. `work` returns nothing, since a result would be searched for tensors, number by
   * number.
   */
  tidy(work: () => void): void;
  tensor(values: Float32Array | Int32Array, shape: number[], dtype: DType): TfTensor;
  scalar(value: number): TfTensor;
  range(start: number, stop: number, step: number, dtype: DType): TfTensor;
  reshape(x: TfTensor, shape: number[]): TfTensor;
  concat(parts: TfTensor[], axis: number): TfTensor;
  slice(x: TfTensor, begin: number[], size: number[]): TfTensor;
  gather(x: TfTensor, rows: TfTensor): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  mul(a: TfTensor, b: TfTensor | number): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  divNoNan(a: TfTensor, b: TfTensor): TfTensor;
  exp(x: TfTensor): TfTensor;
  relu(x: TfTensor): TfTensor;
  maximum(a: TfTensor, b: TfTensor | number): TfTensor;
  minimum(a: TfTensor, b: TfTensor | number): TfTensor;
  less(a: TfTensor, b: TfTensor): TfTensor;
  where(condition: TfTensor, a: TfTensor, b: TfTensor): TfTensor;
  sum(x: TfTensor, axis: number, keepDims?: boolean): TfTensor;
  max(x: TfTensor, axis: number, keepDims?: boolean): TfTensor;
  min(x: TfTensor, axis: number): TfTensor;
  mean(x: TfTensor, axis: number): TfTensor;
  /** x (1, height, width, channels) */
  avgPool(x: TfTensor, window: [number, number], strides: [number, number], pad: "valid"): TfTensor;
  topk(x: TfTensor, k: number): { values: TfTensor; indices: TfTensor };
}
