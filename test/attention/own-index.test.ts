import { afterAll, describe, expect, it } from "vitest";
import { attendTensors } from "../../src/attention/attend-tensors.ts";
import { departuresOf } from "../../src/attention/departures.ts";
import type { Captured } from "../../src/attention/captured.ts";
import { attender } from "../../src/attention/attender.ts";
import { fittedCapture } from "../../src/attention/own-index.ts";
import { shapesOf } from "../../src/attention/shapes.ts";
import { parseShaping, parseSpec } from "../../src/attention/spec.ts";
import { cacheFromTensors } from "../../src/attention/tensors.ts";
import { UsageError } from "../../src/core/errors.ts";
import { hash64 } from "../../src/core/random.ts";
import { flat, tensor, zeros } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { best, dot, range, softmax } from "./plain.ts";

// A model's own index on small tensors, whose right selection is computed here in the plainest words.

const reference = referenceEngine();
const wasm = await loadEngine("wasm", { threads: 1 });
afterAll(() => wasm.close());

const normal = (name: string, ...shape: [number, number, number]): Tensor => {
  const rows = zeros(shape[0] * shape[1], shape[2]);
  reference.fillNormal(rows, hash64(name));
  return tensor(flat(rows), shape);
};
const row = (from: Tensor, h: number, i: number): number[] =>
  range(from.shape[2]!).map((c) => from.get(h, i, c));

const [tokens, count, queryHeads, kvHeads, width] = [70, 5, 4, 2, 8];
const group = queryHeads / kvHeads;
const [q, k, v] = [
  normal("q", queryHeads, count, width),
  normal("k", kvHeads, tokens, width),
  normal("v", kvHeads, tokens, width),
];
const positionOf = (i: number): number => tokens - count + i;

/** Weights of head `head` of query i over rows. */
const weightsOver = (head: number, i: number, rows: readonly number[]): number[] =>
  softmax(rows.map((t) => dot(row(q, head, i), row(k, Math.floor(head / group), t)) / Math.sqrt(width)));

/** Output of head `head` of query i that reads some rows. */
const readRows = (head: number, i: number, rows: readonly number[]): number[] => {
  const weights = weightsOver(head, i, rows);
  return range(width).map((c) =>
    weights.reduce((sum, w, at) => sum + w * v.get(Math.floor(head / group), rows[at]!, c), 0),
  );
};

function expectOutput(text: string, captured: Captured, wanted: (head: number, i: number) => number[]): void {
  for (const ops of [reference, wasm]) {
    const { output } = attendTensors({ q, k, v, captured, spec: parseSpec(text), ops, compare: false });
    for (const head of range(queryHeads))
      for (const i of range(count))
        wanted(head, i).forEach((x, c) => {
          expect(output[(head * count + i) * width + c]).toBeCloseTo(x, 5);
        });
  }
}

/** Sum over index heads of weight times ReLU of the product, for each row of the index. */
const indexScores = (
  { indexQ, indexK, gates }: { indexQ: Tensor; indexK: Tensor; gates?: Tensor },
  i: number,
  rows: number,
): number[] =>
  range(rows).map((t) =>
    range(indexQ.shape[0]!).reduce(
      (sum, j) => sum + (gates?.get(j, i, 0) ?? 1) * Math.max(0, dot(row(indexQ, j, i), row(indexK, 0, t))),
      0,
    ),
  );

describe("DSA, and IndexShare on the layers after it", () => {
  const [heads, dim] = [3, 6];
  const own = {
    indexQ: normal("index q", heads, count, dim),
    indexK: normal("index k", 1, tokens, dim),
    // weights of either sign, as a linear layer makes them
    gates: normal("gates", heads, count, 1),
  };
  const text = (name: string): string => `${name}(k=9,indexHeads=${heads},indexDim=${dim})`;
  const chosen = (captured: typeof own | Omit<typeof own, "gates">, i: number): number[] =>
    best(indexScores(captured, i, positionOf(i) + 1), 9);

  it.each(["dsa", "index-share"])("%s reads the tokens that the model's index ranks highest", (name) => {
    expectOutput(text(name), own, (head, i) => readRows(head, i, chosen(own, i)));
    const { indexQ, indexK } = own;
    const equal = { indexQ, indexK };
    expectOutput(text(name), equal, (head, i) => readRows(head, i, chosen(equal, i)));
    expect(chosen(own, 0)).not.toEqual(chosen(equal, 0));
  });

  it("takes away the departures of the stand-in", () => {
    const spec = parseSpec("dsa");
    expect(departuresOf(spec).join(" ")).toMatch(/random projection.*equal weights/);
    expect(departuresOf(spec, ["indexQ", "indexK"])).toEqual([
      expect.stringContaining("Index heads have equal weights"),
    ]);
    expect(departuresOf(spec, ["indexQ", "indexK", "gates"])).toEqual([]);
  });

  it("takes sizes of 1 or leaves them out", () => {
    const spec = parseSpec(text("dsa"));
    const flatter = {
      indexQ: own.indexQ,
      indexK: tensor(flat(own.indexK), [tokens, dim]),
      gates: tensor(flat(own.gates), [heads, count]),
    };
    const fitted = fittedCapture(spec, shapesOf(k, v, q), flatter);
    expect([fitted.indexK!.shape, fitted.gates!.shape]).toEqual([
      [1, tokens, dim],
      [heads, count, 1],
    ]);
  });

  it.each([
    ["quest", { indexK: own.indexK }, "quest takes no index-k; it takes no index tensors"],
    ["nsa", { indexQ: own.indexQ }, "nsa takes no index-q; allowed: index-k, index-v, gates"],
    [text("dsa"), { indexK: own.indexK }, "index-k of dsa needs index-q beside it"],
    [text("dsa"), { gates: own.gates }, "gates of dsa needs index-q beside it"],
    ["dsa", own, "index-q of dsa must be (indexHeads, Q, indexDim), (4, 5, 128); got (3, 5, 6)"],
    [
      text("dsa"),
      {
        ...own,
        indexK: tensor(
          flat(own.indexK).map((x, at) => (at === 13 ? NaN : x)),
          [1, tokens, dim],
        ),
      },
      "index-k holds NaN at head 0, row 2, column 1; allowed: finite numbers",
    ],
  ])("%s refuses what does not fit", (variant, captured: Captured, message) => {
    const given = { q, k, v, captured, spec: parseSpec(variant), ops: reference, compare: false };
    expect(() => attendTensors(given)).toThrow(UsageError);
    expect(() => attendTensors(given)).toThrow(message);
  });
});

it.each([
  ["qsa", "block"],
  ["pooled-dsa", "pool"],
])("%s reads the pools that the model's index ranks highest, and the tail", (name, pool) => {
  const [heads, dim, size] = [3, 6, 4];
  const own = {
    indexQ: normal("pool q", heads, count, dim),
    indexK: normal("pool k", 1, Math.floor(tokens / size), dim),
  };
  const text = `${name}(k=20,${pool}=${size},indexHeads=${heads},indexDim=${dim})`;
  expectOutput(text, own, (head, i) => {
    const end = positionOf(i) + 1;
    const whole = Math.floor(end / size);
    const chosen = best(indexScores(own, i, whole), 5);
    const tail = range(end - whole * size).map((t) => whole * size + t);
    return readRows(head, i, [...chosen.flatMap((p) => range(size).map((t) => p * size + t)), ...tail]);
  });
  expect(range(count).some((i) => (positionOf(i) + 1) % size > 0)).toBe(true);
});

it("MSA reads the blocks whose best token an index head of the group ranks highest", () => {
  const [block, dim, blocks] = [8, 6, 3];
  const indexQ = normal("msa q", kvHeads, count, dim);
  const indexK = normal("msa k", 1, tokens, dim);
  expectOutput(`msa(block=${block},k=${blocks},indexDim=${dim})`, { indexQ, indexK }, (head, i) => {
    const own = Math.floor(positionOf(i) / block);
    const scores = range(own).map((b) =>
      Math.max(
        ...range(block).map((t) =>
          dot(row(indexQ, Math.floor(head / group), i), row(indexK, 0, b * block + t)),
        ),
      ),
    );
    const chosen = [...best(scores, blocks - 1), own];
    const rows = chosen.flatMap((b) => range(block).map((t) => b * block + t));
    return readRows(
      head,
      i,
      rows.filter((t) => t <= positionOf(i)),
    );
  });
});

it("NSA selects by the model's compressed keys, and mixes by its gates", () => {
  // one size for all blocks, as fla-org/native-sparse-attention has it; the own block is always selected
  const [block, selected, window] = [8, 3, 11];
  const entries = Math.floor(tokens / block);
  const indexK = normal("nsa k", kvHeads, entries, width);
  const indexV = normal("nsa v", kvHeads, entries, width);
  const logits = normal("nsa gates", queryHeads, count, 3);
  const gates = tensor(
    flat(logits).map((x) => 1 / (1 + Math.exp(-x))),
    logits.shape,
  );
  const text = `nsa(block=${block},stride=${block},selectBlock=${block},selected=${selected},initial=0,local=1,window=${window})`;
  const compressed = (head: number, i: number): number[] =>
    softmax(
      range(Math.floor((positionOf(i) + 1) / block)).map(
        (b) => dot(row(q, head, i), row(indexK, Math.floor(head / group), b)) / Math.sqrt(width),
      ),
    );
  expectOutput(text, { indexK, indexV, gates }, (head, i) => {
    const h = Math.floor(head / group);
    const position = positionOf(i);
    const own = Math.floor(position / block);
    const importance = range(own + 1).map((b) =>
      b === own ? Infinity : range(group).reduce((sum, g) => sum + compressed(h * group + g, i)[b]!, 0),
    );
    const rows = best(importance, selected).flatMap((b) => range(block).map((t) => b * block + t));
    const weights = compressed(head, i);
    const parts = [
      range(width).map((c) => weights.reduce((sum, w, b) => sum + w * indexV.get(h, b, c), 0)),
      readRows(
        head,
        i,
        rows.filter((t) => t <= position),
      ),
      readRows(
        head,
        i,
        range(tokens).filter((t) => t <= position && t > position - window),
      ),
    ];
    return range(width).map((c) => parts.reduce((sum, part, b) => sum + gates.get(head, i, b) * part[c]!, 0));
  });
});

it("CSA reads the entries that the model's index ranks highest", () => {
  const [pool, chosen, window, heads, dim] = [4, 5, 6, 3, 32];
  const captured = {
    indexQ: normal("csa q", heads, count, dim),
    indexK: normal("csa k", 1, Math.floor(tokens / pool), dim),
    gates: normal("csa gates", heads, count, 1),
  };
  const { variant, params } = parseSpec(
    `csa(pool=${pool},overlap=false,pooling=mean,k=${chosen},window=${window},indexHeads=${heads},indexDim=${dim})`,
  );
  const { cache, queries } = cacheFromTensors(reference, { q, k, v }, { captured });
  const use = { variant, params, shaping: parseShaping("none") };
  const result = attender(use, cache, reference)(queries);
  for (const i of range(count)) {
    const position = positionOf(i);
    const entries = best(indexScores(captured, i, Math.floor((position + 1) / pool)), chosen);
    const read = range(tokens).filter(
      (t) => t <= position && (t > position - window || entries.includes(Math.floor(t / pool))),
    );
    for (const head of result.heads)
      for (const g of range(group)) {
        const weights = head.weights(i * group + g, range(tokens));
        expect(range(tokens).filter((t) => weights[t]! > 0)).toEqual(read);
      }
  }
});
