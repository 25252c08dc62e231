import { describe, expect, it } from "vitest";
import { flat, tensor } from "../../src/core/tensor.ts";
import { unitRoundoff, weightError } from "../../src/engines/tolerance.ts";
import { awkward, engines, expectClose, normals, placed, poisoned, ragged, reference } from "./cases.ts";

describe.each(engines)("$name softmax", (ops) => {
  it.each([...awkward.rows, 5000])("over %i scores is that of the reference", (n) => {
    for (const count of awkward.queries) {
      const scores = normals(1, count, n);
      const visible = ragged(count, n);
      const got = placed(poisoned(ops), scores);
      ops.softmax(got, visible, 2.5);
      reference.softmax(scores, visible, 2.5);
      const scoreError = 15 * unitRoundoff.f32; // scaled scores lie below 15
      expectClose(flat(got), flat(scores), weightError({ scoreError, rows: n }));
    }
  });

  it("gives no weight to scores of -Infinity, nor to anything where all are", () => {
    const scores = tensor(Float32Array.of(0, -Infinity, 0, 9, -Infinity, -Infinity, 1, 9), [2, 4]);
    const got = placed(poisoned(ops), scores);
    ops.softmax(got, Int32Array.of(3, 2), 1);
    expect([...flat(got)]).toEqual([0.5, 0, 0.5, 0, 0, 0, 0, 0]);
  });
});
