import { appendFileSync, cpSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { collectShares } from "../../../src/runs/cluster/collect.ts";
import { loadPlan, savePlan } from "../../../src/runs/cluster/plan-file.ts";
import type { PlannedRun } from "../../../src/runs/cluster/plan-file.ts";
import { statusOf } from "../../../src/runs/cluster/status.ts";
import { dealMissing, saveSubmission } from "../../../src/runs/cluster/submit.ts";
import { workShare } from "../../../src/runs/cluster/work.ts";
import type { WorkSettings } from "../../../src/runs/cluster/work.ts";
import { planOf } from "../../../src/runs/plan.ts";
import { runPlan } from "../../../src/runs/run.ts";
import type { RunOutcome } from "../../../src/runs/run.ts";
import type { NumericTrial } from "../../../src/trial/trial.ts";
import { emptyFolder } from "../folder.ts";
import { grid, trialAt } from "../graph-trials.ts";

const worker = new URL("../fake-worker.ts", import.meta.url);

const planned = (trials: readonly NumericTrial[] = grid): PlannedRun => ({
  plan: planOf("sweep", "Does it hold?", trials),
  config: { trials: 3 },
});

const work = (
  { plan }: PlannedRun,
  out: string,
  index: number,
  settings: Partial<WorkSettings> = {},
): Promise<RunOutcome> =>
  workShare(plan, { out, worker, workers: 1, threads: 1, share: { index, count: 3 }, ...settings });

const read = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8");

it("collects shares into the files of a run on one machine", async () => {
  const [out, alone] = [emptyFolder(), emptyFolder()];
  const run = planned();
  for (const index of [3, 1, 2]) await work(run, out, index);
  const { rows, failures } = await collectShares(run, { out });
  await runPlan(run.plan, { out: alone, worker, workers: 1, threads: 1, config: run.config });
  expect([rows.length, failures]).toEqual([12, []]);
  for (const file of ["data.csv", "summary.csv", "datapackage.json"])
    expect(read(out, file)).toBe(read(alone, file));
  const manifest = (folder: string) => JSON.parse(read(folder, "manifest.json")) as Record<string, unknown>;
  const facts = ["name", "question", "config", "seeds", "modes", "engines", "trials", "trialSeconds"];
  for (const name of facts) expect(manifest(out)[name], name).toEqual(manifest(alone)[name]);
  expect(manifest(out)["runs"]).toMatchObject(Array.from({ length: 3 }, () => ({ finished: 4, workers: 1 })));
  await collectShares(run, { out });
  expect(manifest(out)["runs"]).toHaveLength(3);
});

it("runs what a killed process left, whose line may be torn and whose attempt never ended", async () => {
  const out = emptyFolder();
  const run = planned();
  await work(run, out, 1);
  const shares = join(out, "shares");
  const journal = join(shares, "1-of-3.attempt-1.jsonl");
  const lines = readFileSync(journal, "utf8").split("\n");
  writeFileSync(journal, `${lines.slice(0, 2).join("\n")}\n${lines[2]!.slice(0, 40)}`);
  const facts = join(shares, "1-of-3.attempt-1.json");
  // a process of this machine that is gone
  const left = JSON.parse(readFileSync(facts, "utf8")) as Record<string, unknown>;
  writeFileSync(facts, JSON.stringify({ ...left, pid: 2 ** 22 + 1, ended: undefined }));
  expect(statusOf(run.plan, out)).toMatchObject({ done: 2, running: 0, failed: 0, left: 10, shares: 0 });
  const started: string[] = [];
  const outcome = await work(run, out, 1, {
    onStart: (missing) => started.push(...missing.map(({ id }) => id)),
  });
  expect(started).toHaveLength(2);
  expect([outcome.planned, outcome.rows.length]).toEqual([4, 4]);
  expect(readdirSync(shares)).toContain("1-of-3.attempt-2.jsonl");
  expect((await work(run, out, 1)).rows).toHaveLength(4);
  expect(readdirSync(shares)).not.toContain("1-of-3.attempt-3.jsonl");
});

it("counts trials of live shares as running, with the time that is left", async () => {
  const out = emptyFolder();
  const run = planned();
  const seen: unknown[] = [];
  for (const index of [1, 2])
    await work(run, out, index, { onTrial: () => void seen.push(statusOf(run.plan, out)) });
  expect(seen[0]).toMatchObject({ done: 1, running: 3, left: 8, shares: 1 });
  // every kind of trial has been measured
  expect(seen[7]).toMatchObject({ done: 8, running: 0, left: 4, workSeconds: 1, secondsLeft: 1 });
  expect(statusOf(run.plan, out)).toMatchObject({
    done: 8,
    running: 0,
    left: 4,
    shares: 0,
    secondsLeft: null,
  });
});

it("does not count a silent share of another machine as running", async () => {
  const out = emptyFolder();
  const run = planned();
  await work(run, out, 1);
  const facts = join(out, "shares", "1-of-3.attempt-1.json");
  const ended = JSON.parse(readFileSync(facts, "utf8")) as Record<string, unknown>;
  const elsewhere = JSON.stringify({ ...ended, host: "node17", ended: undefined });
  writeFileSync(facts, elsewhere);
  expect(statusOf(run.plan, out)).toMatchObject({ shares: 1 });
  utimesSync(facts, new Date(Date.now() - 200_000), new Date(Date.now() - 200_000));
  expect(statusOf(run.plan, out)).toMatchObject({ shares: 0 });
});

it("records failed trials with their reason, and submits them again with what is missing", async () => {
  const out = emptyFolder();
  const run = planned([...grid, trialAt(4096, 9, "dense", 87)]);
  const failures = [];
  for (const index of [1, 2, 3]) failures.push(...(await work(run, out, index)).failures);
  expect(failures).toHaveLength(1);
  const status = statusOf(run.plan, out);
  expect(status).toMatchObject({ done: 12, failed: 1, left: 0 });
  expect(status.failures[0]).toMatchObject({
    trial: "graphwalks, 4096 tokens, trial 9, dense",
    reason: "no such luck",
  });
  const collected = await collectShares(run, { out });
  expect(collected.failures).toMatchObject([{ reason: "no such luck" }]);
  const dealt = dealMissing(run.plan, out, 16);
  expect([dealt.number, dealt.trials, dealt.shares.length]).toEqual([1, 1, 1]);
  saveSubmission(run, out, dealt, { ending: "sh", text: "" });
  const again = await work(run, out, 1, { share: { index: 1, count: 1, submission: 1 } });
  expect(again.planned).toBe(1);
  expect(dealMissing(run.plan, out, 16).number).toBe(2);
});

it("keeps what is finished when it is interrupted", async () => {
  const out = emptyFolder();
  const run = planned([...grid, trialAt(16384, 0, "dense", 88)]);
  const abort = new AbortController();
  const all = { index: 1, count: 1 };
  let count = 0;
  const outcome = await work(run, out, 1, {
    share: all,
    signal: abort.signal,
    onTrial: () => {
      if (++count === 12) abort.abort();
    },
  });
  expect(outcome).toMatchObject({ interrupted: true, failures: [], planned: 13 });
  expect(outcome.rows).toHaveLength(12);
  expect(statusOf(run.plan, out)).toMatchObject({ done: 12, failed: 0, left: 1, shares: 0 });
});

it("reads a plan as it was written, and refuses another one, a changed one and one of another version", async () => {
  const out = emptyFolder();
  const run = planned();
  savePlan(out, run);
  expect(await loadPlan(out)).toEqual({
    ...run,
    plan: { ...run.plan, impossible: [] },
    figures: undefined,
    reference: undefined,
  });
  const other = planned([trialAt(4096, 5, "dense")]);
  expect(() => savePlan(out, other)).toThrow(/holds 12 trials that this plan does not ask for/);
  savePlan(out, planned([...grid, trialAt(4096, 5, "dense")]));
  savePlan(out, other, { force: true });
  const copy = emptyFolder();
  cpSync(join(out, "plan.json"), join(copy, "plan.json"));
  writeFileSync(join(copy, "plan.json"), read(out, "plan.json").replace('"tokens":4096', '"tokens":4097'));
  await expect(loadPlan(copy)).rejects.toThrow(/is not what its id says/);
  appendFileSync(join(copy, "plan.json"), "{");
  await expect(loadPlan(copy)).rejects.toThrow(/is no JSON/);
  writeFileSync(join(copy, "plan.json"), '{"trials":[null]}');
  await expect(loadPlan(copy)).rejects.toThrow(/is no plan: version/);
});
