import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import type { TestContext } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { planOf } from "../../src/runs/plan.ts";
import { runPlan } from "../../src/runs/run.ts";
import type { RunOutcome, RunSettings } from "../../src/runs/run.ts";
import { emptyFolder } from "./folder.ts";

const worker = new URL("fake-worker.ts", import.meta.url);

const fields = { task: "graphwalks", tokens: 4096, seed: 0, variant: "dense", reader: {} };
const plan = planOf(
  "sweep",
  "Does it hold?",
  Array.from({ length: 60 }, (_, trial) => ({ ...fields, trial, mode: "numerics", engine: "wasm" }) as const),
);

const run = (out: string, settings: Partial<RunSettings> = {}): Promise<RunOutcome> =>
  runPlan(plan, { out, worker, workers: 2, threads: 1, ...settings });

const dataOf = (folder: string): string => readFileSync(join(folder, "data.csv"), "utf8");

/** data.csv of a run that nothing disturbs. */
async function undisturbed(): Promise<string> {
  const out = emptyFolder();
  await run(out);
  return dataOf(out);
}

/** A small file system in memory. Skips the test where none can be mounted. */
function mounted(context: TestContext, options: string): string {
  const folder = emptyFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    context.skip(`cannot mount a file system: ${(error as Error).message}`);
  }
  onTestFinished(() => void execFileSync("umount", ["--lazy", folder]));
  return folder;
}

const remount = (folder: string, options: string): void =>
  void execFileSync("mount", ["-o", `remount,${options}`, folder]);

afterEach(() => vi.useRealTimers());

it("ends with the reason when the disk is full, and goes on from there", async (context) => {
  const disk = mounted(context, "size=32k");
  const out = join(disk, "sweep");
  const kept: number[] = [];
  const failed = run(out, { onTrial: ({ trial }) => kept.push(trial) });
  await expect(failed).rejects.toThrow(
    new UsageError(`cannot write ${join(out, "journal.jsonl")}: the disk is full`),
  );
  expect(existsSync(join(out, "data.csv"))).toBe(false);
  expect(kept.length).toBeGreaterThan(10);
  remount(disk, "size=4m");
  const missing: number[] = [];
  await run(out, { onStart: (trials) => missing.push(...trials.map(({ trial }) => trial.trial)) });
  expect([...kept, ...missing].sort((a, b) => a - b)).toEqual(plan.trials.map((_, i) => i));
  expect(dataOf(out)).toBe(await undisturbed());
});

it("refuses a folder that is read-only before any trial", async (context) => {
  const disk = mounted(context, "size=1m");
  remount(disk, "ro");
  const onStart = vi.fn();
  for (const out of [disk, join(disk, "sweep")])
    await expect(run(out, { onStart })).rejects.toThrow(
      new UsageError(`cannot write to ${out}: the file system is read-only`),
    );
  expect(onStart).not.toHaveBeenCalled();
});

it("ends with the reason when its folder vanishes", async () => {
  const out = join(emptyFolder(), "sweep");
  const after = vi.fn(() => rmSync(out, { recursive: true, force: true }));
  await expect(run(out, { onTrial: after })).rejects.toThrow(
    new UsageError(`cannot write ${join(out, "journal.jsonl")}: it was removed`),
  );
  expect(after).toHaveBeenCalledTimes(1);
  expect(existsSync(out)).toBe(false);
});

it("lets one of two runs on a folder write", async () => {
  const out = emptyFolder();
  let second: Promise<unknown> | undefined;
  await run(out, {
    onStart: () => {
      second = expect(run(out)).rejects.toThrow("is being written by process");
    },
  });
  await second;
  expect(dataOf(out)).toBe(await undisturbed());
});

it("gives the same rows while the clock jumps", async () => {
  const out = emptyFolder();
  vi.useFakeTimers({ toFake: ["Date"] });
  const years = ["1969-12-31T00:00:00Z", "2400-01-01T00:00:00Z", "2001-09-09T00:00:00Z"];
  let finished = 0;
  const { seconds } = await run(out, { onTrial: () => vi.setSystemTime(years[finished++ % 3]!) });
  vi.useRealTimers();
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(600);
  expect(dataOf(out)).toBe(await undisturbed());
});
