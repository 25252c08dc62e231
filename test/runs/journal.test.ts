import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { journalLine } from "../../src/runs/journal-line.ts";
import { Journal, readJournal } from "../../src/runs/journal.ts";
import type { JournalEntry } from "../../src/runs/journal-line.ts";
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
  const whole = `${journalLine(entry("a"))}\n`;
  const cut = JSON.stringify(entry("b"));
  for (let length = 1; length <= cut.length; length += 7) {
    writeFileSync(path, whole + cut.slice(0, length));
    const journal = new Journal(path);
    expect([...journal.entries.keys()]).toEqual(["a"]);
    journal.append(entry("c"));
    journal.close();
    expect(readFileSync(path, "utf8")).toBe(`${whole}${journalLine(entry("c"))}\n`);
  }
});

it("takes lines without a hash, and two lines that say the same", () => {
  const path = join(emptyFolder(), "journal.jsonl");
  const line = JSON.stringify(entry("a"));
  writeFileSync(path, `${line}\n${line}\n\n${journalLine({ ...entry("a"), seconds: 2 })}\n`);
  expect(reopened(path)).toEqual([entry("a")]);
});

it("refuses a line that contradicts one before it", () => {
  const path = join(emptyFolder(), "journal.jsonl");
  writeFileSync(path, [entry("a", 0.1), entry("a", 0.9)].map((each) => `${journalLine(each)}\n`).join(""));
  const message = `${path}: line 2 gives trial a another row than a line before it`;
  expect(() => reopened(path)).toThrow(new UsageError(`${message}; remove one of them, or the file`));
  expect(() => readJournal(path)).toThrow(message);
});

it("passes over rows of another version, and takes that trial's new row", () => {
  const path = join(emptyFolder(), "journal.jsonl");
  const old = entry("a", 0.1);
  writeFileSync(path, `${JSON.stringify({ ...old, row: { ...old.row, version: "0.0.9" } })}\n`);
  expect(reopened(path)).toEqual([]);
  const journal = new Journal(path);
  journal.append(entry("a", 0.9));
  journal.close();
  expect(reopened(path)).toEqual([entry("a", 0.9)]);
});

const { row } = entry("b");
const withRow = (cells: object): string => JSON.stringify({ ...entry("b"), row: { ...row, ...cells } });

it.each([
  ["{", "it is no JSON object"],
  ["{}", "it has no id"],
  ["[]", "it is no JSON object"],
  ["null", "it is no JSON object"],
  ["7", "it is no JSON object"],
  ['{"id":3}', "it has no id"],
  ['{"id":"b"}', "it has no row"],
  ['{"id":"b","row":null}', "it has no row"],
  ['{"id":"b","row":[]}', "it has no row"],
  [`{"id":"b","__proto__":${JSON.stringify({ row })}}`, "it has no row"],
  ['{"id":"b","seconds":1,"threads":1,"workers":1,"row":{"__proto__":{"id":"b"}}}', "another trial"],
  ['{"id":"b","seconds":1,"threads":1,"workers":1,"row":{"id":"b"}}', "its task must be of type string"],
  [JSON.stringify({ ...entry("b"), seconds: null }), "seconds must be a number of at least 0"],
  [JSON.stringify({ ...entry("b"), threads: -1 }), "threads must be a number of at least 0"],
  [JSON.stringify({ ...entry("b"), id: "__proto__" }), "its row is of another trial"],
  [withRow({ score: null }), "its score must be a number from 0 to 1"],
  [withRow({ score: 2 }), "its score must be a number from 0 to 1"],
  [withRow({ score: "0.5" }), "its score must be of type number"],
  [withRow({ tokensNominal: 1e300 }), "its tokensNominal must be of type integer"],
  [withRow({ tokensNominal: 4096.5 }), "its tokensNominal must be of type integer"],
  [withRow({ exact: 1 }), "its exact must be of type boolean"],
  [journalLine(entry("b", 0.5)).replace('"score":0.5', '"score":0.6'), "its row was changed"],
])("refuses the whole line %s", (line, reason) => {
  const path = join(emptyFolder(), "journal.jsonl");
  writeFileSync(path, `${journalLine(entry("a"))}\n${line}\n`);
  const message = new RegExp(
    `^${path}: line 2 is no finished trial: .*${reason}.*; remove that line, or the file$`,
  );
  for (const open of [reopened, readJournal]) {
    expect(() => open(path)).toThrow(UsageError);
    expect(() => open(path)).toThrow(message);
  }
});

it("writes no row that it could not read back", () => {
  const path = join(emptyFolder(), "journal.jsonl");
  const journal = new Journal(path);
  expect(() => journal.append(entry("a"), entry("b", NaN))).toThrow("score must be a number from 0 to 1");
  journal.close();
  expect(readFileSync(path, "utf8")).toBe("");
});
