import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { reasonOf } from "../files/files.ts";

const holderSchema = z.object({ pid: z.int().min(1), host: z.string() });

type Holder = Readonly<z.infer<typeof holderSchema>>;

const held = new Set<string>();

/** Whether a process of this machine runs. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** The process that a lock file names; undefined for a file that names none, "nobody" where there is no file. */
function holderOf(path: string): Holder | "nobody" | undefined {
  try {
    return holderSchema.safeParse(parseJson(readFileSync(path, "utf8"), path)).data;
  } catch (error) {
    return codeOf(error) === "ENOENT" ? "nobody" : undefined;
  }
}

/** Whether a lock file was left behind: by a dead process of this machine, by this process, or by none that it names. */
function isLeft(path: string): boolean {
  const holder = holderOf(path);
  if (holder === "nobody") return false;
  if (holder?.host !== hostname()) return holder === undefined;
  return holder.pid === process.pid ? !held.has(path) : !isAlive(holder.pid);
}

/** Errors of file systems that have no hard links. */
const withoutLinks = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"];

/**
 * Makes a lock file of this process. It is whole from its first moment, where the file system has hard links. Returns
 * false if there is one already.
 *
 * @throws UsageError if it cannot be written
 */
function makeLock(path: string): boolean {
  const text = JSON.stringify({ pid: process.pid, host: hostname() });
  const own = `${path}.${hostname()}.${process.pid}`;
  try {
    writeFileSync(own, text);
    try {
      linkOrWrite(own, path, text);
    } finally {
      rmSync(own, { force: true });
    }
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
  held.add(path);
  return true;
}

/** Links a file that is written already to a path; on a file system without hard links it writes the path. */
function linkOrWrite(written: string, path: string, text: string): void {
  try {
    linkSync(written, path);
  } catch (error) {
    if (!withoutLinks.includes(codeOf(error))) throw error;
    writeFileSync(path, text, { flag: "wx" });
  }
}

/** Locks a file path. A lock that was left behind is removed under a lock of its own, by one process at a time. */
function lock(path: string, folder: string): () => void {
  if (makeLock(path)) return () => unlock(path);
  if (isLeft(path)) {
    const done = lock(`${path}.left`, folder);
    try {
      if (isLeft(path)) rmSync(path, { force: true, recursive: true });
    } finally {
      done();
    }
    if (makeLock(path)) return () => unlock(path);
  }
  const holder = holderOf(path);
  const { pid = "?", host = "?" } = holder === "nobody" ? {} : (holder ?? {});
  throw new UsageError(
    `${folder} is being written by process ${pid} on ${host}: ` +
      `wait for it, give another --out, or remove ${path} if that process is gone`,
  );
}

function unlock(path: string): void {
  held.delete(path);
  rmSync(path, { force: true });
}

/**
 * Locks a folder of results against other processes. Returns a function that unlocks it. A lock that a dead process of
 * this machine left behind is taken over, and so is one that names no process; of several processes that try, one gets it.
 *
 * @throws UsageError, with the process that holds the lock, and if no lock can be written
 */
export const lockFolder = (folder: string): (() => void) => lock(join(folder, ".lock"), folder);
