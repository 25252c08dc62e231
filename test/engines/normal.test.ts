import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { philox } from "../../src/core/random.ts";
import { flat, tensor } from "../../src/core/tensor.ts";
import { xoshiro } from "../../src/engines/reference/normal.ts";
import { normalError } from "../../src/engines/tolerance.ts";
import { awkward, engines, expectClose, poisoned, reference } from "./cases.ts";

describe("the integer streams", () => {
  // Random123 1.14, tests/kat_vectors: philox4x32 10
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)("Philox 4x32-10 of counter %j and key %j", (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox(counter, key, out);
    expect([...out]).toEqual(expected);
  });

  // rand_xoshiro 0.6, tests of Xoshiro128PlusPlus, from the authors' C code
  it("xoshiro128++ from the state 1, 2, 3, 4", () => {
    const state = Uint32Array.of(1, 2, 3, 4);
    expect(Array.from({ length: 10 }, () => xoshiro(state))).toEqual([
      641, 1573767, 3222811527, 3517856514, 836907274, 4247214768, 3867114732, 1355841295, 495546011,
      621204420,
    ]);
  });
});

describe.each(engines)("$name normal numbers", (ops) => {
  it.each(awkward.widths)("of width %i are those of the reference", (d) => {
    for (const n of awkward.rows) {
      const got = poisoned(ops).empty(n, d);
      const expected = reference.space("").empty(n, d);
      ops.fillNormal(got, [11, 12]);
      reference.fillNormal(expected, [11, 12]);
      expectClose(flat(got), flat(expected), normalError());
      const ids = Uint32Array.from({ length: 2 * n }, (_, i) => (i * 2654435761) >>> 0);
      ops.fillNormal(got, [0xffffffff, 0], ids);
      reference.fillNormal(expected, [0xffffffff, 0], ids);
      expectClose(flat(got), flat(expected), normalError());
    }
  });

  it("depend on the row's id, not on its place or its width", () => {
    const all = tensor(new Float32Array(100 * 60), [100, 60]);
    ops.fillNormal(all, [5, 6]);
    const picked = tensor(new Float32Array(3 * 33), [3, 33]);
    ops.fillNormal(picked, [5, 6], Uint32Array.of(99, 0, 0, 0, 41, 0));
    for (const [i, row] of [99, 0, 41].entries())
      expect([...flat(picked)].slice(i * 33, i * 33 + 32)).toEqual(
        [...flat(all)].slice(row * 60, row * 60 + 32),
      );
  });

  it("have the moments of the standard normal distribution", () => {
    const rows = tensor(new Float32Array(2000 * 128), [2000, 128]);
    ops.fillNormal(rows, [1, 2]);
    const n = rows.size;
    const numbers = Float64Array.from(flat(rows));
    const moment = (power: number): number => numbers.reduce((sum, x) => sum + x ** power, 0) / n;
    // means of x, x^2, x^3, x^4 with the variances 1, 2, 15, 96; five standard errors
    expectClose([moment(1)], [0], 5 * Math.sqrt(1 / n));
    expectClose([moment(2)], [1], 5 * Math.sqrt(2 / n));
    expectClose([moment(3)], [0], 5 * Math.sqrt(15 / n));
    expectClose([moment(4)], [3], 5 * Math.sqrt(96 / n));
  });

  it("are the same bits for ever", () => {
    const rows = tensor(new Float32Array(1003 * 60), [1003, 60]);
    ops.fillNormal(rows, [2024, 7]);
    const hash = createHash("sha256").update(new Uint8Array(rows.data.buffer)).digest("hex");
    expect(hash).toBe("0e22c9fdb9d314ff8a233db3d6caabadd7267da0d3b0b8415c6eb24af445ea73");
  });
});
