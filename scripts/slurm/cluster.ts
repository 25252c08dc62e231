import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { hostname, totalmem } from "node:os";
import { join } from "node:path";

const programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol"];

/** A Slurm of one node on the loopback, whose files all lie in one folder. */
export interface SlurmCluster {
  /** environment in which Slurm's commands find it */
  readonly env: NodeJS.ProcessEnv;
  /** Kills the node's daemon with SIGKILL, and starts it again. */
  restartNode(): Promise<void>;
  stop(): void;
}

/** Why Slurm cannot be started here; undefined where it can. */
export function whyNoSlurm(): string | undefined {
  const missing = programs.filter((program) => spawnSync("which", [program]).status !== 0);
  if (missing.length > 0)
    return `${missing.join(", ")} not installed (apt-get install slurmctld slurmd slurm-client munge)`;
  return process.getuid?.() === 0 ? undefined : "slurmd must be started by root";
}

/** Starts Slurm. It ends with this process at the latest. @param folder empty; @param slots tasks that run at the same time */
export async function startCluster(folder: string, slots: number): Promise<SlurmCluster> {
  for (const name of ["state", "spool"]) mkdirSync(join(folder, name));
  mkdirSync(join(folder, "munge"), { mode: 0o700 });
  const key = join(folder, "munge/key");
  writeFileSync(key, randomBytes(1024), { mode: 0o400 });
  const conf = join(folder, "slurm.conf");
  writeFileSync(conf, configuration(folder, slots, [await freePort(), await freePort()]));
  const env = { ...process.env, SLURM_CONF: conf };
  const daemons: ChildProcess[] = [];
  const start = (program: string, ...words: string[]): ChildProcess => {
    const daemon = spawn(program, words, { env, stdio: "ignore" });
    daemons.push(daemon);
    return daemon;
  };
  const stop = (): void => {
    if (daemons.length > 0) spawnSync("scancel", ["--user=root"], { env, timeout: 10_000 });
    for (const daemon of daemons.splice(0).reverse()) daemon.kill("SIGTERM");
  };
  const munge = (file: string): string => join(folder, "munge", file);
  process.once("exit", stop);
  start(
    "munged",
    ...["--foreground", "--force", `--key-file=${key}`, `--socket=${munge("socket")}`],
    ...[`--pid-file=${munge("pid")}`, `--log-file=${munge("log")}`, `--seed-file=${munge("seed")}`],
  );
  await until("munge", () => spawnSync("munge", ["-S", munge("socket"), "-n"]).status === 0);
  start("slurmctld", "-D", "-c");
  const startNode = async (): Promise<ChildProcess> => {
    const daemon = start("slurmd", "-D");
    await until("an idle node", () => stateOf(env).some((state) => /^(idle|mix|alloc)$/.test(state)));
    return daemon;
  };
  let node = await startNode();
  return {
    env,
    stop,
    async restartNode() {
      node.kill("SIGKILL");
      await new Promise((resolve) => node.once("exit", resolve));
      node = await startNode();
    },
  };
}

const stateOf = (env: NodeJS.ProcessEnv): string[] =>
  spawnSync("sinfo", ["--noheader", "--format=%t"], { env, encoding: "utf8" }).stdout.split("\n");

/** Processes are found by their parents and nothing is bound to cores, so that it runs in a container without cgroups. */
function configuration(folder: string, slots: number, [controller, node]: readonly number[]): string {
  const host = hostname().split(".")[0]!;
  return `ClusterName=attnsim
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller!}
SlurmdPort=${node!}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=300
KillWait=5
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
SlurmdParameters=config_overrides
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${slots} RealMemory=${Math.floor(totalmem() / 2 ** 20)} State=UNKNOWN
PartitionName=test Nodes=${host} Default=YES MaxTime=60 State=UP
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until something is so. @param what for the message @throws Error after `seconds` */
export async function until(what: string, isSo: () => boolean, seconds = 300): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The logs of the daemons, for a failed test. */
export const logsOf = (folder: string): string =>
  ["slurmctld.log", "slurmd.log"]
    .map((file) => `${file}:\n${readFileSync(join(folder, file), "utf8").split("\n").slice(-15).join("\n")}`)
    .join("\n");
