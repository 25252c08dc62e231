import * as fs from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { writeAtomic } from "../../src/files/files.ts";
import { Journal } from "../../src/runs/journal.ts";
import { trialRow } from "../../src/trial/columns.ts";
import { emptyFolder } from "./folder.ts";

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  const watched = ["writeSync", "fdatasyncSync", "writeFileSync", "renameSync"] as const;
  return { ...real, ...Object.fromEntries(watched.map((name) => [name, vi.fn(real[name] as () => void)])) };
});

it("a finished trial is on disk before append returns, and once a batch", () => {
  const journal = new Journal(join(emptyFolder(), "journal.jsonl"));
  const cells = { task: "graphwalks", variant: "dense", tokensNominal: 4096, score: 1 };
  const entries = ["a", "b"].map((id) => {
    return { id, seconds: 1, threads: 1, workers: 1, row: trialRow({ id, ...cells }) };
  });
  journal.append(...entries);
  const [write, sync] = [vi.mocked(fs.writeSync).mock, vi.mocked(fs.fdatasyncSync).mock];
  expect(write.calls).toHaveLength(1);
  expect(sync.calls).toEqual([[write.calls[0]![0]]]);
  expect(sync.invocationCallOrder[0]).toBeGreaterThan(write.invocationCallOrder[0]!);
  journal.close();
});

it("a file is flushed to disk before it has its name", () => {
  const path = join(emptyFolder(), "data.csv");
  writeAtomic(path, "a\n");
  const [write, rename] = [vi.mocked(fs.writeFileSync).mock, vi.mocked(fs.renameSync).mock];
  expect(write.calls.at(-1)).toEqual([expect.not.stringMatching(/data\.csv$/), "a\n", { flush: true }]);
  expect(rename.calls.at(-1)).toEqual([write.calls.at(-1)![0], path]);
  expect(rename.invocationCallOrder.at(-1)).toBeGreaterThan(write.invocationCallOrder.at(-1)!);
  expect(fs.readFileSync(path, "utf8")).toBe("a\n");
});
