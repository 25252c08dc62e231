import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import "../../../src/attention/all.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import { loadAutograd } from "../../../src/learned/autograd.ts";
import { gridCells } from "../../../src/studies/learned/grid.ts";
import { keptScores } from "../../../src/studies/learned/kept-scores.ts";
import { lengthScores, measuredAt } from "../../../src/studies/learned/lengths.ts";
import { readOff } from "../../../src/studies/learned/read-off.ts";
import { predictionErrors } from "../../../src/studies/learned/result.ts";
import { trainCells } from "../../../src/studies/learned/train-cells.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("trains a reader in a worker, reads its numbers off, and swaps its attention beside constructed readers", async () => {
  const [cell] = gridCells("part");
  const short = { ...cell!, settings: { ...cell!.settings, steps: 2, every: 1, batch: 2, evaluated: 2 } };
  let done = 0;
  const [trained, ...others] = await trainCells(
    [short],
    { folder, workers: 1, backend: "wasm" },
    () => done++,
  );
  expect(others).toEqual([]);
  expect(done).toBe(1);
  expect(trained!.state.curve.map(({ step }) => step)).toEqual([1, 2]);
  const tf = await loadAutograd("wasm");
  const measured = await readOff(tf, trained!, join(folder, short.name));
  // the measurement that knows no answers has the same logits
  expect(Math.abs(measured.capture.spread / measured.matches.spread - 1)).toBeLessThan(0.5);
  const ops = await loadEngine("reference");
  let steps = 0;
  const scores = lengthScores(
    tf,
    { ...trained!, measured },
    { lengths: [256], problems: 2, ops },
    () => steps++,
  );
  expect(steps).toBe(measuredAt([256]));
  // scores that were kept are not computed again
  const keep = (): readonly object[] =>
    keptScores(
      tf,
      { ...trained!, measured },
      { lengths: [256], problems: 2, ops },
      { folder, onStep: () => steps++ },
    );
  expect(keep()).toEqual(scores);
  expect(keep()).toEqual(scores);
  expect(steps).toBe(2 * measuredAt([256]));
  ops.close();
  expect(scores.length).toBe(4 * measuredAt([256]));
  const recallOf = (variant: string, reader: string): number =>
    scores.find((score) => score.variant === variant && score.reader === reader)!.recall.mean;
  expect(recallOf("dense", "trained")).toBe(1);
  // both windows read the same tokens of problems drawn alike
  const window = "sink-window(sinks=0,window=128)";
  expect(Math.abs(recallOf(window, "trained") - recallOf(window, "default"))).toBeLessThan(0.35);
  const errors = predictionErrors(scores);
  expect(errors.find(({ variant, reader }) => variant === "dense" && reader === "measured")!.recall).toBe(0);
  // a reader that was trained before counts, and another one is not begun after the time
  const late = { folder, workers: 1, minutes: -1, backend: "wasm" } as const;
  const other = { ...short, name: "other" };
  expect(await trainCells([short, other], late, () => done++)).toEqual([trained]);
  expect(done).toBe(2);
}, 300_000);
