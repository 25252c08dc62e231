import { describe, expect, it } from "vitest";
import { publishedScores } from "../../../src/files/published.ts";
import { parseGeometry } from "../../../src/reader/geometry/geometry.ts";
import { agreementReader } from "../../../src/studies/agreement/reader.ts";
import { targetsOf } from "../../../src/studies/calibrate/target.ts";
import { tryNumbers } from "../../../src/studies/article-reader/fit.ts";
import { changesOf, readerAt, triedNumbers } from "../../../src/studies/article-reader/numbers.ts";

const point = { sharpness: 6, shares: 0.5, residualNoise: 2, headFall: 0.9 };

describe("the article's question of keys that follow the text", () => {
  it("sets the numbers of a reader, and scales the shares that a match stands out by", () => {
    const { text: before } = parseGeometry(String(agreementReader.geometry));
    const reader = readerAt(agreementReader, point);
    const { text: after } = parseGeometry(String(reader.geometry));
    expect(reader).toMatchObject({ sharpness: 6, residualNoise: 2, kvHeads: agreementReader.kvHeads });
    expect(after).toEqual({
      ...before,
      context: before!.context / 2,
      subject: before!.subject / 2,
      headFall: 0.9,
    });
  });

  it("refuses a reader whose keys do not follow the text", () => {
    expect(() => readerAt({ geometry: "none" }, point)).toThrow(
      /keys that follow the text are asked for; got/,
    );
  });

  it("makes changes that all differ from no change and from each other", () => {
    const reader = readerAt(agreementReader, point);
    const changes = changesOf(reader).map(({ variant, reader: changed }) =>
      JSON.stringify({ variant, changed }),
    );
    expect(new Set([...changes, JSON.stringify({ variant: "dense", changed: reader })]).size).toBe(
      changes.length + 1,
    );
  });

  it("puts the point with the least loss first", () => {
    const targets = targetsOf(publishedScores(), "GPT-5.4").slice(0, 1);
    const points = tryNumbers({ reader: agreementReader, trials: 1, seed: 0 }, targets, () => {});
    expect(points).toHaveLength(triedNumbers.length);
    expect(points[0]!.loss).toBe(Math.min(...points.map(({ loss }) => loss)));
    expect(points[0]!.loss).toBeLessThan(points.at(-1)!.loss);
    // one column: the squared distance is that of the error
    for (const { loss, error } of points) expect(loss).toBeCloseTo(error ** 2, 12);
  });
});
