/**
 * Runs 200 trials as a job array of a real Slurm on the loopback, with SIGKILL to tasks and to slurmd and a requeue in the
 * middle; submits what is missing; collects; and compares with a run on one machine. Nothing may be lost or run twice.
 *
 *   npm run test:slurm
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { FolderStatus } from "../src/runs/cluster/status.ts";
import { logsOf, startCluster, until, whyNoSlurm } from "./slurm/cluster.ts";

const plan = `task: graphwalks
variant: [dense, oracle, moba, quest, sink-window]
tokens: [1K, 2K]
trials: 20
`;
const planned = 200;
const tasks = 8;

const reason = whyNoSlurm();
if (reason !== undefined) {
  console.error(`Slurm cannot be tested here: ${reason}`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "attnsim-slurm-"));
mkdirSync(join(folder, "slurm"));
const [local, out] = [join(folder, "local"), join(folder, "on cluster")];
writeFileSync(join(folder, "plan.yaml"), plan);

const clock = performance.now();
const say = (text: string): void =>
  console.log(`${((performance.now() - clock) / 1000).toFixed(0).padStart(4)} s  ${text}`);

const main = join(import.meta.dirname, "../src/cli/main.ts");
const program = [process.execPath, "--import", import.meta.resolve("tsx"), main];

const cluster = await startCluster(join(folder, "slurm"), 4);

/** Runs attnsim. Returns its exit code and output. */
function attnsim(...words: string[]): { readonly code: number | null; readonly text: string } {
  const [node, ...first] = program;
  const { status, stdout, stderr } = spawnSync(node!, [...first, ...words], {
    env: cluster.env,
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, text: stdout + stderr };
}

const statusNow = (): FolderStatus => {
  const { code, text } = attnsim("status", out, "--json");
  assert.equal(code, 0, text);
  return JSON.parse(text) as FolderStatus;
};

/** Submits what is missing, as `--array-size` tasks at most. */
function submit(): string {
  const { code, text } = attnsim(
    ...["submit", "plan.yaml", "--out", out, "--array-size", String(tasks)],
    ...["--time", "10", "--mem", "1G", "--program", program.map((word) => `'${word}'`).join(" ")],
  );
  assert.equal(code, 0, text);
  return text.trim();
}

const shares = join(out, "shares");

/** Ids of the trials in the journals of all attempts, as often as they stand there. */
const journaled = (): string[] =>
  readdirSync(shares)
    .filter((file) => file.endsWith(".jsonl"))
    .flatMap((file) => readFileSync(join(shares, file), "utf8").split("\n").slice(0, -1))
    .map((line) => (JSON.parse(line) as { readonly id: string }).id);

interface LiveAttempt {
  readonly pid: number;
  readonly share: { readonly index: number };
  readonly ended?: { readonly interrupted: boolean };
}

const attempts = (): LiveAttempt[] =>
  readdirSync(shares)
    .filter((file) => file.endsWith(".json") && file.includes(".attempt-"))
    .map((file) => JSON.parse(readFileSync(join(shares, file), "utf8")) as LiveAttempt);

const killed = new Set<number>();

/** A task that runs now. */
const running = (): LiveAttempt | undefined =>
  existsSync(shares)
    ? attempts().find(({ pid, ended }) => ended === undefined && !killed.has(pid))
    : undefined;

async function killTask(): Promise<void> {
  await until("a task that runs", () => running() !== undefined);
  const { pid, share } = running()!;
  process.kill(pid, "SIGKILL");
  killed.add(pid);
  say(`SIGKILL to task ${share.index}, ${journaled().length} trials journaled`);
}

const slurm = (program: string, ...words: string[]): string =>
  spawnSync(program, words, { env: cluster.env, encoding: "utf8" }).stdout.trim();

const queueIsEmpty = (): boolean => slurm("squeue", "--noheader") === "";

const test = async (): Promise<void> => {
  const [job] = /job (\d+)/.exec(submit())!.slice(1);
  say(`job ${job!} submitted`);
  await until("20 trials", () => existsSync(shares) && journaled().length >= 20);
  await killTask();
  await killTask();
  await cluster.restartNode();
  say("SIGKILL to slurmd, started again");
  await until("a task that runs", () => running() !== undefined);
  const preempted = running()!;
  slurm("scontrol", "requeue", `${job!}_${preempted.share.index}`);
  await until("the end of the requeued task", () =>
    attempts().some(({ pid, ended }) => pid === preempted.pid && ended?.interrupted === true),
  );
  // Slurm would wait two minutes before it starts the task again
  await until("the requeued task", () => slurm("squeue", "--noheader", "--format=%r").includes("BeginTime"));
  slurm("scontrol", "update", `JobId=${job!}_${preempted.share.index}`, "StartTime=now");
  say(`task ${preempted.share.index} requeued: SIGTERM ended its attempt`);
  const again = attnsim("submit", "plan.yaml", "--out", out);
  if (!queueIsEmpty()) {
    assert.equal(again.code, 2, again.text);
    assert.match(again.text, /wait for them, or scancel/);
  }
  await until("an empty queue", queueIsEmpty, 600);
  const first = statusNow();
  say(`first job over: ${first.done} done, ${first.left} left`);
  assert.equal(first.done + first.left, planned);
  assert.equal(first.done, new Set(journaled()).size);
  assert.ok(first.left > 0, "the killed tasks left no trial: nothing was tested");
  const early = attnsim("collect", out);
  assert.equal(early.code, 1, early.text);
  assert.match(early.text, new RegExp(`${first.left} of ${planned} trials have no result`));

  say(submit().split("\n")[0]!);
  await until("an empty queue", queueIsEmpty, 600);
  const ids = journaled();
  assert.equal(ids.length - new Set(ids).size, 0, "trials ran twice");
  assert.equal(statusNow().done, planned);
  const { code, text } = attnsim("collect", out);
  assert.equal(code, 0, text);
  assert.match(submit(), /^nothing to do/);
  say(`second job over: ${ids.length} of ${planned} trials, none lost, none run twice`);

  const alone = attnsim("run", "--config", "plan.yaml", "--out", local, "--workers", "2", "--threads", "1");
  assert.equal(alone.code, 0, alone.text);
  for (const file of ["data.csv", "summary.csv", "datapackage.json"])
    assert.deepEqual(readFileSync(join(out, file)), readFileSync(join(local, file)), `${file} differs`);
  say("data.csv, summary.csv: byte for byte those of a run on one machine");
};

try {
  await test();
  console.log(`1 passed, 0 failed`);
} catch (error) {
  console.error(error);
  console.error(logsOf(join(folder, "slurm")));
  process.exitCode = 1;
} finally {
  cluster.stop();
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
