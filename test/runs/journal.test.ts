import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { Journal } from "../../src/runs/journal.ts";
import type { JournalEntry } from "../../src/runs/journal.ts";
import { lockFolder } from "../../src/runs/lock.ts";
import { trialRow } from "../../src/trial/columns.ts";
import { emptyFolder } from "./folder.ts";

const entry = (id: string, score = 0.5): JournalEntry => ({
  id,
  seconds: 1,
  threads: 1,
  workers: 2,
  row: trialRow({ id, score, task: "graphwalks, é", variant: "dense", tokensNominal: 4096 }),
});

const reopened = (path: string): JournalEntry[] => {
  const journal = new Journal(path);
  journal.close();
  return [...journal.entries.values()];
};

it("keeps what was appended", () => {
  const path = join(emptyFolder(), "journal.jsonl");
  const journal = new Journal(path);
  journal.append(entry("a"));
  journal.append(entry("b"));
  journal.close();
  expect(reopened(path)).toEqual([entry("a"), entry("b")]);
});

it("drops a line that a crash has cut, and appends after the whole ones", () => {
  const path = join(emptyFolder(), "journal.jsonl");
  const whole = `${JSON.stringify(entry("a"))}\n`;
  const cut = JSON.stringify(entry("b"));
  for (let length = 1; length <= cut.length; length += 7) {
    writeFileSync(path, whole + cut.slice(0, length));
    const journal = new Journal(path);
    expect([...journal.entries.keys()]).toEqual(["a"]);
    journal.append(entry("c"));
    journal.close();
    expect(readFileSync(path, "utf8")).toBe(`${whole}${JSON.stringify(entry("c"))}\n`);
  }
});

it("counts the first of two lines with one id", () => {
  const path = join(emptyFolder(), "journal.jsonl");
  appendFileSync(
    path,
    [entry("a", 0.1), entry("a", 0.9)].map((each) => `${JSON.stringify(each)}\n`).join(""),
  );
  expect(reopened(path)).toEqual([entry("a", 0.1)]);
});

it("refuses a whole line that is no finished trial, with its number", () => {
  const path = join(emptyFolder(), "journal.jsonl");
  for (const line of ["{", "[]", "null", '{"id":3}'])
    expect(() => {
      writeFileSync(path, `${JSON.stringify(entry("a"))}\n${line}\n`);
      reopened(path);
    }).toThrow(/line 2 is no finished trial/);
});

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
  // above the largest process id that Linux gives
  writeFileSync(lock, readHolder(folder).replace(/"pid":\d+/, '"pid":4194305'));
  lockFolder(folder)();
  writeFileSync(lock, JSON.stringify({ pid: 4194305, host: "another.example" }));
  expect(() => lockFolder(folder)).toThrow("another.example");
});

/** What a lock of this machine looks like. */
function readHolder(folder: string): string {
  const unlock = lockFolder(folder);
  const text = readFileSync(join(folder, ".lock"), "utf8");
  unlock();
  return text;
}
