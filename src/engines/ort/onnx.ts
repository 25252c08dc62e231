/**
 * Writes ONNX models of float32 matrices, with the messages of onnx.proto that such a graph needs.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

/** An integer >= 0, a list of them, or a float, which is in an object because 1 could be either. */
export type Attribute = number | readonly number[] | { readonly float: number };

export interface OnnxNode {
  /** https://onnx.ai/onnx/operators */
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** Inputs and outputs are float32 matrices of any shape. Nodes come after those whose outputs they take. */
export interface OnnxGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
}

/** IR version 7 came with operator set 12, the last in which all reductions take their axes as attributes. */
const irVersion = 7;
const operatorSet = 12;

/** ModelProto: ir_version 1, graph 7, opset_import 8. */
export const encodeModel = (graph: OnnxGraph): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...integer(1, irVersion),
    ...message(7, encodeGraph(graph)),
    ...message(8, integer(2, operatorSet)), // OperatorSetIdProto: version 2, of the default domain
  ]);

/** GraphProto: node 1, name 2, input 11, output 12. */
const encodeGraph = ({ nodes, inputs, outputs }: OnnxGraph): number[] => [
  ...nodes.flatMap((node) => message(1, encodeNode(node))),
  ...text(2, "attnsim"),
  ...inputs.flatMap((name) => message(11, encodeMatrix(name))),
  ...outputs.flatMap((name) => message(12, encodeMatrix(name))),
];

/** NodeProto: input 1, output 2, op_type 4, attribute 5. */
const encodeNode = ({ op, inputs, output, attributes = {} }: OnnxNode): number[] => [
  ...inputs.flatMap((name) => text(1, name)),
  ...text(2, output),
  ...text(4, op),
  ...Object.entries(attributes).flatMap(([name, value]) => message(5, encodeAttribute(name, value))),
];

/** AttributeProto: name 1, f 2, i 3, ints 8, type 20 (FLOAT 1, INT 2, INTS 7). */
function encodeAttribute(name: string, value: Attribute): number[] {
  if (typeof value === "number") return [...text(1, name), ...integer(3, value), ...integer(20, 2)];
  if ("float" in value) return [...text(1, name), ...float(2, value.float), ...integer(20, 1)];
  return [...text(1, name), ...value.flatMap((item) => integer(8, item)), ...integer(20, 7)];
}

/**
 * ValueInfoProto: name 1, type 2; its TypeProto: tensor_type 1; its Tensor: elem_type 1 (FLOAT 1), shape 2; its
 * TensorShapeProto: dim 1, each empty where any size will do.
 */
const encodeMatrix = (name: string): number[] => {
  const shape = [...message(1, []), ...message(1, [])];
  return [...text(1, name), ...message(2, message(1, [...integer(1, 1), ...message(2, shape)]))];
};

/*
 * The wire format: a field is its number and wire type (0 varint, 2 length and bytes, 5 four bytes), then its value.
 * https://protobuf.dev/programming-guides/encoding/
 */

const integer = (field: number, value: number): number[] => [...key(field, 0), ...varint(value)];

const message = (field: number, bytes: readonly number[]): number[] => [
  ...key(field, 2),
  ...varint(bytes.length),
  ...bytes,
];

const text = (field: number, value: string): number[] => message(field, [...new TextEncoder().encode(value)]);

function float(field: number, value: number): number[] {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setFloat32(0, value, true);
  return [...key(field, 5), ...new Uint8Array(bytes.buffer)];
}

const key = (field: number, wireType: number): number[] => varint(8 * field + wireType);

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
