import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";

describe("normals of a stream", () => {
  for (const words of [0, 1, 2, 3, 5])
    it(`are those that normal() draws, ${words} words into the stream`, () => {
      const [one, other] = [new Random("normals"), new Random("normals")];
      for (let i = 0; i < words; i++) expect(other.word()).toBe(one.word());
      const drawn = Array.from({ length: 7 }, () => one.normal());
      const normals = other.normals(7);
      // in any order, while the stream goes on behind them
      expect(other.word()).toBe(one.word());
      for (const i of [6, 0, 3, 3, 1, 2, 5, 4]) expect(normals.at(i)).toBe(drawn[i]);
      expect(other.uniform()).toBe(one.uniform());
      expect(other.normals(0)).toBeDefined();
      expect(other.normal()).toBe(one.normal());
    });
});
