import { describe, expect, it } from "vitest";
import { flat } from "../../src/core/tensor.ts";
import { encodeModel } from "../../src/engines/ort/onnx.ts";
import type { Ort } from "../../src/engines/ort/load.ts";
import { ortOver, ortStatus } from "../../src/engines/ort/engine.ts";
import type { Ops } from "../../src/engines/ops.ts";
import { keyTable, normals, reference, someRows } from "./cases.ts";

describe("ortStatus says why onnxruntime-node is not usable", () => {
  it.each([
    [
      "the package is absent",
      Object.assign(new Error("Cannot find module 'onnxruntime-node/package.json'\nRequire stack:"), {
        code: "MODULE_NOT_FOUND",
      }),
      "not installed: Cannot find module 'onnxruntime-node/package.json'",
    ],
    [
      "a shared library is missing",
      new Error("libonnxruntime.so.1: cannot open shared object file"),
      "native addon not built: libonnxruntime.so.1: cannot open shared object file",
    ],
  ])("where %s", (_, error, reason) => {
    const require = (): never => {
      throw error;
    };
    expect(ortStatus({ require })).toEqual({ usable: false, reason });
  });

  it("where its internals have changed", () => {
    const require = (name: string): unknown =>
      name.endsWith("package.json") ? { version: "9.0.0" } : { binding: {} };
    expect(ortStatus({ require }).reason).toBe(
      "onnxruntime-node 9.0.0 has no synchronous session where 1.30.0 has it",
    );
  });
});

describe("an ONNX model", () => {
  it("is the bytes of onnx.proto", () => {
    const hex = Buffer.from(
      encodeModel({
        inputs: ["a"],
        outputs: ["b"],
        nodes: [
          { op: "Gemm", inputs: ["a"], output: "b", attributes: { transB: 1, axes: [300], f: { float: 1 } } },
        ],
      }),
    ).toString("hex");
    // field by field as protoc writes it
    const attributes = [
      "2a0d 0a06 7472616e7342 1801 a00102", // transB: i 1, type INT
      "2a0c 0a04 61786573 40ac02 a00107", // axes: ints 300, type INTS
      "2a0b 0a01 66 150000803f a00101", // f: float 1, type FLOAT
    ]
      .map(packed)
      .join("");
    const node = packed("0a0161 120162 220447656d6d") + attributes;
    const type = packed("120a 0a08 0801 1204 0a00 0a00");
    const graph = [
      `0a${byteLength(node)}${node}`,
      `1207${Buffer.from("attnsim").toString("hex")}`,
      `5a0f0a0161${type}`,
      `620f0a0162${type}`,
    ].join("");
    expect(hex).toBe(`08073a${byteLength(graph)}${graph}4202100c`);
  });
});

const packed = (hex: string): string => hex.replaceAll(" ", "");

const byteLength = (hex: string): string => (hex.length / 2).toString(16).padStart(2, "0");

describe("ort", () => {
  /** The reference, which writes down what it is called for. */
  const recording = (calls: string[]): Ops => ({
    ...reference,
    attend: (...args) => (calls.push("attend"), reference.attend(...args)),
    scores: (...args) => (calls.push("scores"), reference.scores(...args)),
    topK: (...args) => (calls.push("topK"), reference.topK(...args)),
    blockMean: (...args) => (calls.push("blockMean"), reference.blockMean(...args)),
  });
  const unused: Ort = {
    version: "0",
    session: () => {
      throw new Error("ONNX Runtime is not to be asked");
    },
    seesSharedMemory: false,
  };

  it("leaves few queries and listed rows to its fallback, not to the engine whose memory it borrows", () => {
    const [own, lent]: string[][] = [[], []];
    const ops = ortOver(unused, { threads: 1, memory: recording(lent!), fallback: recording(own!) });
    const [rows, queries] = [normals(1, 40, 8), normals(2, 5, 8)];
    const visible = new Int32Array(5).fill(40);
    const listed = ops.attend(queries, keyTable(rows), keyTable(rows), {
      visible,
      scale: 1,
      rows: someRows(visible),
    });
    expect(flat(listed.output)).toHaveLength(40);
    const one = queries.hi(1, 8);
    ops.attend(one, keyTable(rows), keyTable(rows), { visible: visible.subarray(0, 1), scale: 1 });
    ops.topK(ops.scores(one, keyTable(rows)), 3, visible.subarray(0, 1));
    ops.blockMean(rows, 4, 4);
    expect(own).toEqual(["attend", "attend", "scores", "topK", "blockMean"]);
    expect(lent).toEqual([]);
  });
});
