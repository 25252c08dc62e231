import * as fs from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { claimFolder } from "../../src/runs/claim.ts";
import { planOf } from "../../src/runs/plan.ts";
import { runPlan } from "../../src/runs/run.ts";
import { resultTable, writeTables } from "../../src/runs/tables.ts";
import { emptyFolder } from "./folder.ts";

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  return { ...real, renameSync: vi.fn(real.renameSync) };
});

const planWith = (trials: number) =>
  planOf(
    "sweep",
    "Does it hold?",
    Array.from({ length: trials }, (_, trial) => {
      const fields = { task: "graphwalks", tokens: 4096, seed: 0, variant: "dense", reader: {} };
      return { ...fields, trial, mode: "mean-field" } as const;
    }),
  );

const run = (out: string, trials: number) => runPlan(planWith(trials), { out });

const read = (folder: string, file: string): string => fs.readFileSync(join(folder, file), "utf8");

it("takes a folder again whose results were half written, whichever file was the last", async () => {
  const whole = emptyFolder();
  await run(whole, 3);
  const rename = vi.mocked(fs.renameSync);
  const move = rename.getMockImplementation()!;
  const files = 6;
  // a first run that ends before each of its files, and a later one that does
  for (const first of [0, 2])
    for (let written = 0; written < files; written++) {
      const out = emptyFolder();
      if (first > 0) await run(out, first);
      let left = written;
      rename.mockImplementation((from, to) => {
        if (left-- <= 0) throw new Error("killed");
        move(from, to);
      });
      await expect(run(out, 3)).rejects.toThrow("killed");
      rename.mockImplementation(move);
      await run(out, 3);
      for (const file of ["data.csv", "summary.csv"]) expect(read(out, file)).toBe(read(whole, file));
      expect(read(out, "manifest.json")).not.toContain("earlier");
    }
});

it("takes a folder again whose tables were half written", async () => {
  const columns = [{ name: "n", type: "integer", doc: "a number", mayBeEmpty: false }] as const;
  const write = (folder: string, numbers: readonly number[]): Promise<string[]> => {
    claimFolder(folder, { name: "table", config: {} });
    const rows = numbers.map((n) => ({ n }));
    const table = resultTable({ name: "data", title: "numbers", columns, rows, primaryKey: ["n"] });
    const manifest = { config: {} };
    return writeTables(folder, { name: "table", question: "Which?", tables: [table], figures: {}, manifest });
  };
  const rename = vi.mocked(fs.renameSync);
  const move = rename.getMockImplementation()!;
  for (const first of [[], [1, 2]])
    for (let written = 0; written < 4; written++) {
      const out = emptyFolder();
      if (first.length > 0) await write(out, first);
      let left = written;
      rename.mockImplementation((from, to) => {
        if (left-- <= 0) throw new Error("killed");
        move(from, to);
      });
      await expect(write(out, [1, 2, 3])).rejects.toThrow("killed");
      rename.mockImplementation(move);
      await write(out, [1, 2, 3]);
      expect(read(out, "data.csv")).toBe("n\n1\n2\n3\n");
      expect(read(out, "manifest.json")).not.toContain("earlier");
    }
});
