import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/random.ts";
import { readTrialRows } from "../../src/files/csv.ts";
import { planOf } from "../../src/runs/plan.ts";
import type { Plan } from "../../src/runs/plan.ts";
import { runGroups, sizePool } from "../../src/runs/pool.ts";
import { runPlan } from "../../src/runs/run.ts";
import type { RunOutcome, RunSettings } from "../../src/runs/run.ts";
import { columns } from "../../src/trial/columns.ts";
import type { NumericTrial } from "../../src/trial/trial.ts";
import { deathVariable, hastySeed, mortalSeed, patientSeed } from "./fake-worker.ts";
import { emptyFolder } from "./folder.ts";
import { grid, trialAt } from "./graph-trials.ts";

const worker = new URL("fake-worker.ts", import.meta.url);

const planned = (trials: readonly NumericTrial[]): Plan => planOf("sweep", "Does it hold?", trials);

const run = (
  out: string,
  trials: readonly NumericTrial[],
  settings: Partial<RunSettings> = {},
): Promise<RunOutcome> => runPlan(planned(trials), { out, worker, workers: 1, threads: 1, ...settings });

const read = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8");

it("writes the same CSV for any order of work and number of workers", async () => {
  const [one, two, resumed] = [emptyFolder(), emptyFolder(), emptyFolder()];
  await run(one, grid);
  await run(two, grid, { workers: 2 });
  await run(resumed, new Random(1).shuffled(grid).slice(0, 5));
  await run(resumed, grid);
  expect(read(two, "data.csv")).toBe(read(one, "data.csv"));
  expect(read(resumed, "data.csv")).toBe(read(one, "data.csv"));
  expect(readTrialRows(join(one, "data.csv")).map(({ id }) => id)).toEqual(
    planned(grid).trials.map(({ id }) => id),
  );
});

it("runs only what is missing, also after a crash cut the journal", async () => {
  const out = emptyFolder();
  await run(out, grid.slice(0, 4));
  appendFileSync(join(out, "journal.jsonl"), '{"id":"0123');
  const missing: string[] = [];
  const outcome = await run(out, grid, { onStart: (trials) => missing.push(...trials.map(({ id }) => id)) });
  expect(missing).toEqual(
    planned(grid)
      .trials.slice(4)
      .map(({ id }) => id),
  );
  expect(outcome).toMatchObject({ planned: 12, failures: [], interrupted: false });
  expect(outcome.rows).toHaveLength(12);
  const manifest = JSON.parse(read(out, "manifest.json")) as { runs: unknown[]; trials: object };
  expect(manifest.runs).toMatchObject([
    { finished: 4, workers: 1 },
    { finished: 8, failed: 0 },
  ]);
  expect(manifest.trials).toEqual({ planned: 12, finished: 12 });
});

it("describes its CSV files as they are", async () => {
  const out = emptyFolder();
  await run(out, grid.slice(0, 2));
  const { resources } = JSON.parse(read(out, "datapackage.json")) as {
    resources: { path: string; schema: { fields: { name: string; type: string; description: string }[] } }[];
  };
  expect(resources.map(({ path }) => path)).toEqual(["data.csv", "timings.csv", "summary.csv"]);
  for (const { path, schema } of resources) {
    const [header, first] = read(out, path).split("\n");
    expect(schema.fields.map(({ name }) => name).join(",")).toBe(header);
    expect(first!.split(",")).toHaveLength(schema.fields.length);
    expect(schema.fields.every(({ description }) => description !== "")).toBe(true);
  }
  const data = readTrialRows(join(out, "data.csv"))[0]!;
  const types = { string: "string", integer: "number", number: "number", boolean: "boolean" };
  for (const { name, type } of columns)
    if (data[name] !== null && data[name] !== "") expect(typeof data[name], name).toBe(types[type]);
  expect(data.exact).toBe(true);
  expect(read(out, "timings.csv").split("\n")[1]).toBe(`${data.id},0.25,1,1`);
});

it("adds up where the time of a run went, for each length, and writes it beside the results", async () => {
  const out = emptyFolder();
  expect((await run(out, grid.slice(0, 2))).profile).toBeUndefined();
  expect(existsSync(join(out, "profile.csv"))).toBe(false);
  // of the three groups of 8192 tokens one has been run before
  const { profile } = await run(out, grid, { profile: true, workers: 2 });
  const part = { task: "graphwalks", share: 0.25, variant: "dense", part: "attend" };
  const other = { task: "graphwalks", share: 0.75, variant: "", part: "other" };
  expect(profile).toEqual([
    { ...other, tokens: 4096, calls: 3, seconds: 2.25 },
    { ...part, tokens: 4096, calls: 6, seconds: 0.75 },
    { ...other, tokens: 8192, calls: 2, seconds: 1.5 },
    { ...part, tokens: 8192, calls: 4, seconds: 0.5 },
  ]);
  expect(read(out, "profile.csv").split("\n").slice(0, 2)).toEqual([
    "task,tokens,variant,part,calls,seconds,share",
    "graphwalks,4096,,other,3,2.25,0.75",
  ]);
  expect((await run(out, grid, { profile: true })).profile).toEqual([]);
  expect(read(out, "profile.csv")).not.toBe("");
});

it("loses only the group whose worker dies or whose trial throws, and says which trial", async () => {
  const out = emptyFolder();
  const trials = [...grid, trialAt(4096, 9, "dense", 86), trialAt(4096, 9, "dense", 87), trialAt(16384, 0)];
  const { rows, failures } = await run(out, trials);
  expect(rows).toHaveLength(13);
  expect(failures.map(({ trial }) => trial.seed).sort()).toEqual([86, 87]);
  const reasonOf = (seed: number) => failures.find(({ trial }) => trial.seed === seed)!.reason;
  expect([reasonOf(86), reasonOf(87)]).toEqual(["worker exited with code: 1", "no such luck"]);
});

it("runs the trials that are left once more after their worker died", async () => {
  const [out, whole] = [emptyFolder(), emptyFolder()];
  const death = join(emptyFolder(), "died");
  vi.stubEnv(deathVariable, death);
  const mortal = ["dense", "oracle", "quest"].map((variant) => trialAt(4096, 9, variant, mortalSeed));
  const outcome = await run(out, [...mortal, ...grid]);
  expect(existsSync(death)).toBe(true);
  expect(outcome).toMatchObject({ failures: [], planned: 15 });
  await run(whole, [...mortal, ...grid]);
  expect(read(out, "data.csv")).toBe(read(whole, "data.csv"));
  vi.unstubAllEnvs();
});

it("records a trial without a score as failed", async () => {
  const { rows, failures } = await run(emptyFolder(), [trialAt(4096, 9, "dense", 85), ...grid.slice(0, 2)]);
  expect(rows).toHaveLength(2);
  expect(failures).toMatchObject([{ trial: { seed: 85 }, reason: "its score must be a number from 0 to 1" }]);
});

it("keeps what is finished when it is interrupted", async () => {
  const out = emptyFolder();
  const abort = new AbortController();
  const outcome = await run(out, [...grid, trialAt(16384, 0, "dense", 88), trialAt(32768, 0)], {
    signal: abort.signal,
    onTrial: ({ tokens, trial, variant }) => {
      if (tokens === 8192 && trial === 2 && variant === "oracle") abort.abort();
    },
  });
  expect(outcome).toMatchObject({ interrupted: true, failures: [], planned: 14 });
  expect(readTrialRows(join(out, "data.csv"))).toHaveLength(12);
  expect(existsSync(join(out, ".lock"))).toBe(false);
});

it("refuses what cannot be done before it does anything", async () => {
  const out = emptyFolder();
  const started: unknown[] = [];
  const refused = (settings: Partial<RunSettings>, message: RegExp): Promise<void> =>
    expect(run(out, grid, { onStart: (trials) => started.push(trials), ...settings })).rejects.toThrow(
      message,
    );
  await refused({ memoryBytes: 1e6 }, /graphwalks, 8192 tokens.* needs \d+ MB, allowed are 1 MB/);
  writeFileSync(join(out, "file"), "");
  await refused({ out: join(out, "file") }, /cannot write to .*it is a file/);
  await refused({ out: join(out, "file", "deeper") }, /cannot write to .*a part of the path is a file/);
  expect(started).toEqual([]);
});

it("runs groups side by side that fill the memory, and never more", async () => {
  // each trial waits for another one that runs at the same time, and fails alone
  const meeting = async (seed: number, memoryBytes: number): Promise<[rows: number, reasons: string[]]> => {
    const groups = [0, 1].map((trial) => {
      const planned = { id: `000${trial}`, trial: trialAt(4096, trial, "dense", seed) };
      return { trials: [planned], tokens: 4096, bytes: 5 };
    });
    const reasons: string[] = [];
    let rows = 0;
    await runGroups(groups, {
      workers: 2,
      threads: 1,
      memoryBytes,
      worker,
      onRow: () => rows++,
      onFailure: (_trial, reason) => reasons.push(reason),
    });
    return [rows, reasons];
  };
  expect(await meeting(patientSeed, 10)).toEqual([2, []]);
  expect(await meeting(hastySeed, 9)).toEqual([0, ["nobody came", "nobody came"]]);
});

it("sizes the pool by cores, groups and memory", () => {
  const group = { trials: [{ id: "a", trial: trialAt(4096, 0) }], tokens: 4096, bytes: 1e9 };
  const groups = [group, group, group];
  expect(sizePool(groups, { memoryBytes: 1e10 }, 8)).toMatchObject({ workers: 3, threads: 2 });
  expect(sizePool(groups, { memoryBytes: 2e9 }, 8)).toMatchObject({ workers: 2, threads: 4 });
  expect(sizePool(groups, { memoryBytes: 1e10, threads: 4 }, 8)).toMatchObject({ workers: 2, threads: 4 });
  expect(sizePool(groups, { memoryBytes: 1e10, workers: 1 }, 8)).toMatchObject({ workers: 1, threads: 8 });
  expect(() => sizePool(groups, { workers: 4, threads: 3 }, 8)).toThrow(UsageError);
});

it("lets a group take all the memory that there is, and no byte more", () => {
  const of = (bytes: number) => ({ trials: [{ id: "a", trial: trialAt(4096, 0) }], tokens: 4096, bytes });
  expect(sizePool([of(10)], { memoryBytes: 10 }, 4)).toEqual({ workers: 1, threads: 4, memoryBytes: 10 });
  expect(() => sizePool([of(3), of(11)], { memoryBytes: 10 }, 4)).toThrow(
    /not enough memory for .*4096 tokens.*: it needs 11 B, allowed are 10 B \(--memory-gb\)/,
  );
  // the largest group decides, wherever it stands: 4 of 5 B fit in 20 B, 3 in 19
  const groups = [1, 5, 2, 5, 1].map(of);
  expect(sizePool(groups, { memoryBytes: 20 }, 8).workers).toBe(4);
  expect(sizePool(groups, { memoryBytes: 19 }, 8).workers).toBe(3);
  expect(sizePool(groups, { memoryBytes: 1e9 }, 8).workers).toBe(5);
  expect(sizePool([], { memoryBytes: 10 }, 4)).toMatchObject({ workers: 1, threads: 4 });
});

it("takes .8 of the free memory, and all cores but no more", () => {
  const free = vi.spyOn(process, "availableMemory").mockReturnValue(1000);
  expect(sizePool([], {}, 4).memoryBytes).toBe(800);
  free.mockRestore();
  expect(sizePool([], { workers: 2, threads: 2, memoryBytes: 1 }, 4)).toMatchObject({
    workers: 2,
    threads: 2,
  });
  expect(() => sizePool([], { workers: 2, threads: 3, memoryBytes: 1 }, 5)).toThrow(
    "workers x threads must be at most 5, the cores of this machine; got 2 x 3",
  );
  expect(sizePool([], { threads: 9, memoryBytes: 1, workers: undefined }, 9)).toMatchObject({ workers: 1 });
});
