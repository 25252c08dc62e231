import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { emptyPacked, packedDtypes } from "../../src/core/packed.ts";
import { flat, zeros } from "../../src/core/tensor.ts";
import type { Rows, Tensor } from "../../src/core/tensor.ts";

import type { Attended, Ops, Table } from "../../src/engines/ops.ts";
import { steadySum } from "../../src/engines/state.ts";
import { wasmEngine } from "../../src/engines/wasm/load.ts";
import { ragged, someRows } from "./cases.ts";

const [n, d] = [5003, 60];

/** Bits of everything that the kernels compute from one seed, on no more than the engine itself. */
function fingerprints(ops: Ops): Record<string, string> {
  const space = ops.space("bits");
  const normal = (stream: number, rows: number, width: number): Tensor => {
    const out = space.empty(rows, width);
    ops.fillNormal(out, [stream, 1]);
    return out;
  };
  const hash = (...parts: readonly ArrayBufferView[]): string => {
    const digest = createHash("sha256");
    for (const { buffer, byteOffset, byteLength } of parts)
      digest.update(new Uint8Array(buffer, byteOffset, byteLength));
    return digest.digest("hex").slice(0, 16);
  };
  const table = (tensor: Rows): Table => ({ tensor, kind: "kv", rowBytes: 1 });
  const all = ({ output, max, sum, moment }: Attended): string => hash(flat(output), max, sum, moment);

  const [keys, values, queries] = [normal(1, n, d), normal(2, n, d), normal(3, 65, d)];
  const visible = ragged(65, n);
  const lists = someRows(visible);
  const options = { visible, scale: 0.15 };
  const scores = ops.scores(queries, table(keys));
  const projected = zeros(n, 7);
  ops.sketch(
    [
      {
        rows: keys,
        outputs: Int32Array.from({ length: d }, (_, c) => (c * 5) % 7),
        factors: Float32Array.from({ length: d }, (_, c) => Math.fround(0.1 * c)),
      },
    ],
    projected,
  );
  const found: Record<string, string> = {
    fillNormal: hash(flat(keys)),
    attendBlock: all(ops.attend(queries, table(keys), table(values), options)),
    attendListed: all(ops.attend(queries, table(keys), table(values), { ...options, rows: lists })),
    attendOne: all(
      ops.attend(queries.hi(1, d), table(keys), table(values), { visible: Int32Array.of(n), scale: 0.15 }),
    ),
    scores: hash(flat(scores)),
    scoresAt: hash(ops.scoresAt(queries, table(keys), lists)),
    reluScores: hash(flat(ops.reluScores(queries, new Float32Array(5).fill(0.3), table(keys)))),
    reluScoresOne: hash(flat(ops.reluScores(queries.hi(4, d), new Float32Array(4).fill(0.3), table(keys)))),
    topK: hash(ops.topK(scores, 100, visible).rows),
    blockMean: hash(flat(ops.blockMean(keys, 33, 16))),
    pageMinMax: hash(flat(ops.pageMinMax(keys, 16))),
    boundScores: hash(flat(ops.boundScores(queries, table(ops.pageMinMax(keys, 16))))),
    rowProducts: hash(ops.rowProducts(keys)),
    sketch: hash(flat(projected)),
  };
  const walked = ops.readState(queries, table(keys), table(values), {
    first: new Int32Array(65),
    visible,
    feature: "unit",
    recurrence: { decay: new Float64Array(d).fill(0.9999), strength: 0.7, replaces: true },
  });
  found.readState = hash(flat(walked.output), ...walked.weights);
  const summed = ops.readState(queries, table(keys), table(values), {
    first: new Int32Array(65),
    visible,
    feature: "elu",
    recurrence: steadySum(d),
  });
  found.readStateElu = hash(flat(summed.output), ...summed.weights);
  ops.softmax(scores, visible, 0.15);
  found.softmax = hash(flat(scores));
  for (const dtype of packedDtypes) {
    const packed = emptyPacked(space, dtype, n, d);
    ops.pack(keys, packed);
    found[dtype] = hash(packed.codes);
    found[`attend ${dtype}`] = all(ops.attend(queries, table(packed), table(packed), options));
    const rounded = normal(1, n, d);
    ops.round(rounded, dtype);
    found[`round ${dtype}`] = hash(flat(rounded));
  }
  return found;
}

// `.ci/run` runs this file on Node 22 and 24 too
it.each([1, 2, 3])("the wasm kernels give these bits on %i threads and any Node", (threads) => {
  const ops = wasmEngine({ threads, fanOutAbove: 0 });
  expect(fingerprints(ops)).toMatchInlineSnapshot(`
    {
      "attend bf16": "38aa499b993fa2da",
      "attend fp8": "1f4f529a4edc145c",
      "attend nvfp4": "94a1e87d8c6304b7",
      "attendBlock": "17f610152daf42d5",
      "attendListed": "0585e923d7a03dd9",
      "attendOne": "72c0e4ccbf971e35",
      "bf16": "cc8081962b3b5281",
      "blockMean": "e7b9b03fcec08fe7",
      "boundScores": "3cbda2d27bc7da6f",
      "fillNormal": "8e0ff52ae0ba33d5",
      "fp8": "5c6be39e20c4a5eb",
      "nvfp4": "38dd5bbb8522c1a8",
      "pageMinMax": "83d8b344215b76c6",
      "readState": "63c3228e0dcb5e3c",
      "readStateElu": "6849d10cb3f63ad4",
      "reluScores": "2d77d07a2945fb6d",
      "reluScoresOne": "d2640b3efad95c62",
      "round bf16": "4f10415ef64a7315",
      "round fp8": "6ea9217a9e251631",
      "round nvfp4": "6c8aba10adc663d7",
      "rowProducts": "3fa35ca77fb287de",
      "scores": "cb58a6e0b485e328",
      "scoresAt": "3c68f84d11d2aae8",
      "sketch": "905765336e6056ba",
      "softmax": "0513990707a2302c",
      "topK": "ab8255fe2bbbb7d2",
    }
  `);
  ops.close();
});
