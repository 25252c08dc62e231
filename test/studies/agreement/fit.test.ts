import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { resolveReader } from "../../../src/reader/params.ts";
import { parseGeometry } from "../../../src/reader/geometry/geometry.ts";
import { fitLoss } from "../../../src/studies/agreement/fit/loss.ts";
import type { SettingScore } from "../../../src/studies/agreement/compare.ts";
import {
  fittedNames,
  fittedNumbers,
  fittedRows,
  pointOfReader,
  readerAt,
  seenByFit,
} from "../../../src/studies/agreement/fit/declaration.ts";
import type { FittedPoint } from "../../../src/studies/agreement/fit/declaration.ts";
import { agreementReader, seenRows } from "../../../src/studies/agreement/reader.ts";
import { roleOf } from "../../../src/studies/agreement/roles.ts";
import { bestOf, searchPoints } from "../../../src/studies/agreement/fit/search.ts";

const middle = Object.fromEntries(
  fittedNames.map((name) => [name, (fittedNumbers[name].low + fittedNumbers[name].high) / 2]),
) as FittedPoint;

describe("the declaration of the fit", () => {
  it("has six numbers at most, and three methods and dense attention", () => {
    expect(fittedNames.length).toBeLessThanOrEqual(6);
    expect(fittedRows.methods.filter((method) => method !== "dense")).toHaveLength(3);
  });

  it("sets numbers of the reader and of its geometry, and leaves the others", () => {
    const reader = readerAt({ geometry: "text(mean=0.2)", kvHeads: 2 }, middle);
    resolveReader(reader);
    const { text } = parseGeometry(String(reader.geometry));
    expect(text).toMatchObject({ mean: 0.2, salience: middle.salience, headFall: middle.headFall });
    expect(reader).toMatchObject({ kvHeads: 2, sharpness: middle.sharpness });
  });

  it("decides the roles of settings", () => {
    const { source, model, tokens } = fittedRows;
    const role = (given: object): string =>
      roleOf({ source, model, tokens, method: "snapkv", ...given }, seenByFit);
    expect(role({})).toBe("fitted");
    expect(role({ method: "h2o" })).toBe("looked at");
    expect(role({ method: "adakv" })).toBe("same source");
    expect(role({ tokens: 8192 })).toBe("same source");
    expect(role({ source: "another" })).toBe("other sources");
  });
});

it("the comparison's reader is in range, and tells which rows it has seen", () => {
  resolveReader(agreementReader);
  expect(parseGeometry(String(agreementReader.geometry)).text).toBeDefined();
  expect(seenRows.length).toBeGreaterThan(0);
  for (const { role } of seenRows) expect(["fitted", "looked at"]).toContain(role);
});

describe("the search", () => {
  /** A bowl whose lowest point is one third of each range. */
  const bowl = (point: FittedPoint): number =>
    fittedNames.reduce((sum, name) => {
      const { low, high } = fittedNumbers[name];
      return sum + ((point[name] - low) / (high - low) - 1 / 3) ** 2;
    }, 0);
  const search = (seed: string, rounds: number) =>
    searchPoints((points) => Promise.resolve(points.map(bowl)), {
      candidates: 12,
      rounds,
      start: middle,
      random: new Random(seed),
    });

  it("finds the lowest point of a bowl, within the ranges", async () => {
    const tried = await search("a", 12);
    expect(bestOf(tried).loss).toBeLessThan(0.01);
    expect(tried.length).toBeLessThanOrEqual(13 + 12 * (2 * fittedNames.length + 1));
    for (const { point } of tried)
      for (const name of fittedNames) {
        expect(point[name]).toBeGreaterThanOrEqual(fittedNumbers[name].low);
        expect(point[name]).toBeLessThanOrEqual(fittedNumbers[name].high);
      }
  });

  it("begins with the reader's own numbers, and with the end of a range for one beyond it", async () => {
    const [first] = await search("a", 0);
    expect(first!.point).toEqual(middle);
    expect(pointOfReader({ geometry: "text(salience=5)", sharpness: 6 })).toMatchObject({
      salience: 5,
      sharpness: 6,
    });
    const start = { ...middle, sharpness: 100 };
    const [beyond] = await searchPoints(([point]) => Promise.resolve([bowl(point!), bowl(point!)]), {
      candidates: 1,
      rounds: 0,
      start,
      random: new Random("a"),
    });
    expect(beyond!.point.sharpness).toBe(fittedNumbers.sharpness.high);
  });

  it("gives the same points for the same seed, and never a worse best point with more rounds", async () => {
    const tried = await search("b", 3);
    expect(await search("b", 3)).toEqual(tried);
    expect(bestOf(tried).loss).toBeLessThan(bestOf(tried.slice(0, 13)).loss);
    expect((await search("c", 0)).map(({ point }) => point)).not.toEqual(
      tried.slice(0, 12).map(({ point }) => point),
    );
  });
});

it("the loss weighs methods alike, whatever the number of their settings", () => {
  const setting = (method: string, error: number): SettingScore => ({
    source: "A",
    model: "M",
    method,
    budget: "",
    queryAware: false,
    tokens: 4096,
    measured: 0.5,
    predicted: 0.5 + error,
    dense: 1,
    cells: [],
  });
  const withCells = (each: SettingScore): SettingScore => ({
    ...each,
    cells: [{ measured: { score: 0.5 }, predicted: each.predicted } as SettingScore["cells"][number]],
  });
  const loss = (...settings: SettingScore[]): number => fitLoss(settings.map(withCells));
  expect(loss(setting("dense", 0.1))).toBeCloseTo(0.02, 12);
  expect(loss(setting("dense", 0.1), setting("tova", 0), setting("tova", 0))).toBeCloseTo(0.01, 12);
});
