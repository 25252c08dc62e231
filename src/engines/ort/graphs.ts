import type { OnnxGraph } from "./onnx.ts";

/** exp of this number, and of any below it, is 0 in float32. Unlike -Infinity it can be multiplied by 0. */
const vanishing = -1000;

/** result (Q, n) = q (Q, d) times rows (n, d) transposed. */
export const products: OnnxGraph = {
  inputs: ["q", "rows"],
  outputs: ["result"],
  nodes: [{ op: "Gemm", inputs: ["q", "rows"], output: "result", attributes: { transB: 1 } }],
};

/** result (Q, n) = weights (Q, Q J) times ReLU of q (Q J, d) times rows (n, d) transposed. */
export const weightedRelu: OnnxGraph = {
  inputs: ["q", "weights", "rows"],
  outputs: ["result"],
  nodes: [
    { op: "Gemm", inputs: ["q", "rows"], output: "products", attributes: { transB: 1 } },
    { op: "Relu", inputs: ["products"], output: "positive" },
    { op: "MatMul", inputs: ["weights", "positive"], output: "result" },
  ],
};

const overRows = { axes: [1] };

/** Makes the sums of a softmax from gap (Q, n) = scores - max. */
const sumsOfGap = [
  { op: "Exp", inputs: ["gap"], output: "weights" },
  { op: "ReduceSum", inputs: ["weights"], output: "sum", attributes: overRows },
  { op: "Mul", inputs: ["weights", "gap"], output: "moments" },
  { op: "ReduceSum", inputs: ["moments"], output: "moment", attributes: overRows },
  { op: "MatMul", inputs: ["weights", "v"], output: "output" },
];

const sums = ["output", "max", "sum", "moment"];

/** The sums of a softmax over all rows. q (Q, d), k (n, d), v (n, e) to output (Q, e); max, sum, moment (Q, 1) */
export const softmaxSums: OnnxGraph = {
  inputs: ["q", "k", "v"],
  outputs: sums,
  nodes: [
    { op: "Gemm", inputs: ["q", "k"], output: "scores", attributes: { transB: 1 } },
    { op: "ReduceMax", inputs: ["scores"], output: "max", attributes: overRows },
    { op: "Sub", inputs: ["scores", "max"], output: "gap" },
    ...sumsOfGap,
  ],
};

/**
 * The same over the rows that each query sees: mask (Q, n) is 0 for these and -Infinity for the others. The max of a
 * query that sees nothing is -Infinity, and its sums are NaN.
 */
export const maskedSoftmaxSums: OnnxGraph = {
  inputs: ["q", "k", "v", "mask"],
  outputs: sums,
  nodes: [
    { op: "Gemm", inputs: ["q", "k", "mask"], output: "scores", attributes: { transB: 1 } },
    { op: "ReduceMax", inputs: ["scores"], output: "max", attributes: overRows },
    { op: "Sub", inputs: ["scores", "max"], output: "fall" },
    { op: "Constant", inputs: [], output: "vanishing", attributes: { value_float: { float: vanishing } } },
    { op: "Max", inputs: ["fall", "vanishing"], output: "gap" },
    ...sumsOfGap,
  ],
};
