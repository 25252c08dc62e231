import * as fs from "node:fs";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { lockFolder } from "../../src/runs/lock.ts";
import { emptyFolder } from "./folder.ts";

vi.mock(import("node:fs"), async (original) => ({ ...(await original()) }));

/** A process id above the largest that Linux gives. */
const dead = 4194305;

it("lets one process write a folder at a time", () => {
  const folder = emptyFolder();
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(UsageError);
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid}`);
  unlock();
  lockFolder(folder)();
});

it("takes over the lock of a process that has died, but not of another machine", () => {
  const folder = emptyFolder();
  const lock = join(folder, ".lock");
  writeFileSync(lock, readHolder(folder).replace(/"pid":\d+/, `"pid":${dead}`));
  lockFolder(folder)();
  writeFileSync(lock, JSON.stringify({ pid: dead, host: "another.example" }));
  expect(() => lockFolder(folder)).toThrow("another.example");
});

it.each([
  "",
  "{",
  "null",
  "[]",
  "7",
  "{}",
  '{"pid":null,"host":3}',
  '{"pid":-1,"host":"a"}',
  '{"__proto__":{"pid":1}}',
])("takes over the lock %j, which names no process", (text) => {
  const folder = emptyFolder();
  writeFileSync(join(folder, ".lock"), text);
  const unlock = lockFolder(folder);
  expect(readFileSync(join(folder, ".lock"), "utf8")).toContain(`"pid":${process.pid}`);
  unlock();
});

/** A lock of this machine. */
function readHolder(folder: string): string {
  const unlock = lockFolder(folder);
  const text = readFileSync(join(folder, ".lock"), "utf8");
  unlock();
  return text;
}

/** Lets another process, of a pid that is alive, do something at the first call of a function of node:fs on a path. */
function interrupt(name: "linkSync" | "rmSync", path: string, other: () => void): void {
  const real = fs[name] as (...given: unknown[]) => void;
  const calls = vi.spyOn(fs, name);
  calls.mockImplementation((...given: unknown[]): void => {
    if (given.slice(0, 2).includes(path)) {
      calls.mockRestore();
      const pid = vi.spyOn(process, "pid", "get").mockReturnValue(process.ppid);
      other();
      pid.mockRestore();
    }
    real(...given);
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
}

it.each(["rmSync", "linkSync"] as const)(
  "gives a lock that was left behind to one of two processes, the other at %s",
  (moment) => {
    const folder = emptyFolder();
    const lock = join(folder, ".lock");
    writeFileSync(lock, JSON.stringify({ pid: dead, host: hostname() }));
    const taken: string[] = [];
    const take = (who: string): void => {
      try {
        lockFolder(folder);
        taken.push(who);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    };
    interrupt(moment, lock, () => take("other"));
    take("own");
    expect(taken).toHaveLength(1);
    const pid = taken[0] === "own" ? process.pid : process.ppid;
    expect(readFileSync(lock, "utf8")).toContain(`"pid":${pid},`);
    expect(readdirSync(folder)).toEqual([".lock"]);
  },
);

it("takes over from a process that died as it took over", () => {
  const folder = emptyFolder();
  const left = JSON.stringify({ pid: dead, host: hostname() });
  for (const name of [".lock", ".lock.left", ".lock.left.left"]) writeFileSync(join(folder, name), left);
  const unlock = lockFolder(folder);
  expect(readdirSync(folder)).toEqual([".lock"]);
  unlock();
});

it("locks a folder of a file system that has no hard links", () => {
  const folder = emptyFolder();
  const links = vi.spyOn(fs, "linkSync").mockImplementation(() => {
    throw Object.assign(new Error("not permitted"), { code: "EPERM" });
  });
  onTestFinished(() => links.mockRestore());
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid}`);
  unlock();
  expect(existsSync(join(folder, ".lock"))).toBe(false);
});
