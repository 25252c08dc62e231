import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unwatched } from "../../../src/runs/watch.ts";
import { resolveParams } from "../../../src/core/params.ts";
import { parseGeometry } from "../../../src/reader/geometry/geometry.ts";
import { text } from "../../../src/reader/geometry/text.ts";
import { readerParts } from "../../../src/studies/agreement/ablation/parts.ts";
import { runAblation } from "../../../src/studies/agreement/ablation/run.ts";
import { agreementReader } from "../../../src/studies/agreement/reader.ts";

describe("parts of the reader", () => {
  const reader = { geometry: "text(salience=3)", kvHeads: 2 };

  it("are the numbers of the geometry that are on, and all of them together", () => {
    const parts = readerParts(reader);
    const values = resolveParams("text", text.params, { salience: 3 });
    expect(parts.at(-1)).toMatchObject({ name: "geometry", without: { geometry: "none", kvHeads: 2 } });
    const names = parts.slice(0, -1).map(({ name }) => name);
    expect(names).toEqual(Object.keys(text.params).filter((name) => names.includes(name)));
    for (const { name, on, off } of parts.slice(0, -1)) {
      expect(on).toBe(values[name as keyof typeof values]);
      expect(off).not.toBe(on);
    }
    for (const name of ["mean", "context", "salience", "guess", "headFall", "locality"])
      expect(names).toContain(name);
  });

  it("are switched off one at a time, the others as they were", () => {
    const { without, off } = readerParts(reader).find(({ name }) => name === "headFall")!;
    expect(off).toBe(1);
    const { text: own } = parseGeometry(String(without.geometry));
    expect(own).toEqual({ ...parseGeometry(reader.geometry).text, headFall: 1 });
  });

  it("leave out what is off already, and refuse a reader without them", () => {
    const names = (geometry: string): string[] => readerParts({ geometry }).map(({ name }) => name);
    expect(names("text(guess=0)")).toEqual(names("text").filter((name) => name !== "guess"));
    expect(() => readerParts({})).toThrow(/needs a reader whose keys follow the text; got geometry none/);
  });
});

it("compares a table with the reader without each part", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ablation-"));
  const table = join(folder, "table.csv");
  writeFileSync(
    table,
    [
      "source_title,model,task_family,context_tokens,method,budget,budget_tokens,keep_ratio,query_aware,score,dense_score,sparse_phase",
      "A,M,ruler-niah_single_1,1024,tova,tight,,0.2,no,80,100,evict",
      "A,M,ruler-niah_single_1,1024,sink-window,tiny,,0.2,no,10,100,decode",
    ].join("\n"),
  );
  const out = join(folder, "out");
  const options = { table, trials: 1, seed: 0, engine: "wasm", most: 4096, workers: 1, out };
  const reader = { ...agreementReader, kvHeads: 2 };
  const { answer } = await runAblation({ ...options, reader }, unwatched);
  expect(answer.full.settings).toBe(2);
  expect(answer.parts.map(({ name }) => name)).toEqual(readerParts(reader).map(({ name }) => name));
  for (const { figures, differences } of answer.parts) {
    expect(differences.settingError.value).toBeCloseTo(figures.settingError - answer.full.settingError, 12);
    expect(differences.settingError.interval.low).toBeLessThanOrEqual(differences.settingError.value + 1e-9);
  }
  expect(new Set(answer.parts.map(({ figures }) => figures.settingError)).size).toBeGreaterThan(1);
  expect(readFileSync(join(out, "parts.csv"), "utf8").trim().split("\n")).toHaveLength(
    answer.parts.length + 2,
  );
});
