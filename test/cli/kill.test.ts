import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { readJournal } from "../../src/runs/journal.ts";
import { emptyFolder } from "../runs/folder.ts";

const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;

const sweep = "run --task graphwalks --variant dense,quest --tokens 4K,8K --trials 8 --threads 1".split(" ");

const trials = 32;

/** Kills: 3, or KILLS of the environment. */
const kills = Number(process.env["KILLS"] ?? 3);

/** How a run ended: the exit code, null after a kill, and the milliseconds that it held the folder's lock. */
interface Ended {
  readonly code: number | null;
  readonly heldMs: number;
}

/** Moment of a kill: milliseconds after the run holds its folder, or trials that the journal has by then. */
interface Moment {
  readonly ms?: number;
  readonly journaled?: number;
}

const journalOf = (out: string): string => join(out, "journal.jsonl");

/** Lines that end in a file, 0 without the file. */
const linesOf = (file: string): number =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;

/** Runs the sweep in a process of its own. @param moment of its kill, none by default */
function run(out: string, { ms = Infinity, journaled = Infinity }: Moment = {}): Promise<Ended> {
  const words = ["--import", "tsx", main, ...sweep, "--out", out];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
  let held = Infinity;
  const watch = setInterval(() => {
    const holder = join(out, ".lock");
    if (
      held === Infinity &&
      existsSync(holder) &&
      readFileSync(holder, "utf8").includes(`"pid":${child.pid},`)
    )
      held = performance.now();
    if (performance.now() - held >= ms || (held < Infinity && linesOf(journalOf(out)) >= journaled))
      child.kill("SIGKILL");
  }, 2);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      clearInterval(watch);
      resolve({ code, heldMs: performance.now() - held });
    });
  });
}

it("loses nothing to SIGKILL at random moments, and writes the same CSV", async () => {
  const whole = emptyFolder();
  const { code, heldMs } = await run(whole);
  expect(code).toBe(0);
  const expectSame = (folder: string): void => {
    expect(readJournal(journalOf(folder)).size).toBe(trials);
    for (const file of ["data.csv", "summary.csv"])
      expect(readFileSync(join(folder, file), "utf8")).toBe(readFileSync(join(whole, file), "utf8"));
    expect(existsSync(join(folder, ".lock"))).toBe(false);
  };
  const random = new Random(17);
  let [killed, before] = [emptyFolder(), new Map() as ReturnType<typeof readJournal>];
  const midway = [];
  for (let died = 0; died < kills;) {
    // every second kill comes between two trials or within one, whatever the speed of the machine
    const ended = await run(
      killed,
      died % 2 === 0
        ? { journaled: before.size + 1 + Math.floor(random.uniform() * 4) }
        : { ms: random.uniform() * heldMs },
    );
    const now = readJournal(journalOf(killed));
    for (const [id, entry] of before) expect(now.get(id)).toEqual(entry);
    before = now;
    if (ended.code === null) {
      died++;
      if (now.size > 0 && now.size < trials) midway.push(now.size);
      continue;
    }
    // the run finished before its kill: the next kills meet a new folder
    expect(ended.code).toBe(0);
    expectSame(killed);
    [killed, before] = [emptyFolder(), new Map()];
  }
  expect((await run(killed)).code).toBe(0);
  expectSame(killed);
  expect(midway.length).toBeGreaterThan(0);
});
