import { describe, expect, it } from "vitest";
import { parseGeometry } from "../../../src/reader/geometry/geometry.ts";
import { tokenKind, tokenStream } from "../../../src/reader/geometry/stream.ts";
import { makeTrial } from "../../../src/trial/make-trial.ts";

describe("key geometry", () => {
  it("is none by default, which is no parameter of a trial", () => {
    const trial = { task: "ruler", variant: "dense", tokens: "4K" } as const;
    expect(makeTrial({ ...trial, reader: { geometry: "none" } })).toEqual(makeTrial(trial));
  });

  it("has one spelling for each set of parameters", () => {
    expect(parseGeometry("text( salience = 4 )").spec).toBe("text");
    expect(parseGeometry("text(salience=3)").spec).toBe("text(salience=3)");
  });

  it("is refused with the reason and what is allowed", () => {
    expect(() => parseGeometry("texts")).toThrow(/unknown key geometry "texts".*none, text/);
    expect(() => parseGeometry("text(mean=2)")).toThrow(/mean must be a number in \[0, 1\]; got "2"/);
    expect(() => parseGeometry("text(mean=.9)")).toThrow(/may be 1 together; got 1.55/);
    expect(() => parseGeometry("none(mean=.9)")).toThrow(/none has no parameter "mean"/);
  });
});

describe("the tokens of a prompt", () => {
  const stream = tokenStream([{ role: "user", content: "The code is 3792239. The code is 3792239." }]);

  it("have the same number where they are the same, and the same context after the same five tokens", () => {
    const half = stream.ids.length / 2;
    expect([...stream.ids.slice(1, half)]).toEqual([...stream.ids.slice(half + 1)]);
    expect([...stream.pieces.of.slice(1, half)]).toEqual([...stream.pieces.of.slice(half + 1)]);
    expect(stream.contexts.of[half - 1]).toBe(stream.contexts.of[stream.ids.length - 1]);
    expect(stream.contexts.of[1]).not.toBe(stream.contexts.of[half + 1]);
  });

  it("are of a kind that the word around them decides", () => {
    const named = new Map<number, string>(Object.entries(tokenKind).map(([name, kind]) => [kind, name]));
    expect(Array.from(stream.kind.slice(0, stream.ids.length / 2), (kind) => named.get(kind))).toEqual([
      "word",
      "word",
      "word",
      "blank",
      "code",
      "code",
      "code",
      "code",
    ]);
    const capitals = tokenStream([{ role: "user", content: "VAR AOIGM = x" }]);
    expect(named.get(capitals.kind[1]!)).toBe("code");
  });
});
