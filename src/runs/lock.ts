import { rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { readText, reasonOf } from "../files/files.ts";

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

/** The process that holds the lock; undefined if the file is gone, was never finished or names no process. */
function holderOf(path: string): Holder | undefined {
  try {
    return holderSchema.safeParse(parseJson(readText(path), path)).data;
  } catch {
    return undefined;
  }
}

/**
 * Locks a folder of results against other processes. Returns a function that unlocks it. A lock that a dead process of
 * this machine left behind is taken over, and so is one that names no process.
 *
 * @throws UsageError, with the process that holds the lock, and if no lock can be written
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, ".lock");
  const take = (): boolean => {
    try {
      writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
    }
  };
  if (!take()) {
    const holder = holderOf(path);
    const isOurs = holder?.pid === process.pid && holder.host === hostname();
    const isFree =
      holder === undefined ||
      (holder.host === hostname() && (isOurs ? !held.has(path) : !isAlive(holder.pid)));
    if (isFree) rmSync(path, { force: true, recursive: true });
    if (!isFree || !take())
      throw new UsageError(
        `${folder} is being written by process ${holder?.pid ?? "?"} on ${holder?.host ?? "?"}: ` +
          `wait for it, give another --out, or remove ${path} if that process is gone`,
      );
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}
