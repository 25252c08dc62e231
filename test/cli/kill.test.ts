import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { readJournal } from "../../src/runs/journal.ts";
import { emptyFolder } from "../runs/folder.ts";

const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;

const sweep = "run --task graphwalks --variant dense,quest --tokens 4K,8K --trials 4 --threads 1".split(" ");

/** Kills: 8, or KILLS of the environment. */
const kills = Number(process.env["KILLS"] ?? 8);

/** Runs the sweep in a process of its own, killed after `ms`. Returns its exit code, null after a kill. */
function run(out: string, ms = Infinity): Promise<number | null> {
  const words = ["--import", "tsx", main, ...sweep, "--out", out];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
  const timer = ms === Infinity ? undefined : setTimeout(() => child.kill("SIGKILL"), ms);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

it("loses nothing to SIGKILL at random moments, and writes the same CSV", async () => {
  const [whole, killed] = [emptyFolder(), emptyFolder()];
  const since = performance.now();
  expect(await run(whole)).toBe(0);
  const wholeMs = performance.now() - since;
  const journal = join(killed, "journal.jsonl");
  const random = new Random(17);
  let before = readJournal(journal);
  let died = 0;
  for (let k = 0; k < kills; k++) {
    // late enough for most kills to meet a run at work, early enough to leave some work to the next
    if ((await run(killed, (0.4 + 0.6 * random.uniform()) * wholeMs)) === null) died++;
    const now = readJournal(journal);
    for (const [id, entry] of before) expect(now.get(id)).toEqual(entry);
    before = now;
  }
  expect(died).toBeGreaterThan(0);
  expect(await run(killed)).toBe(0);
  const after = readJournal(journal);
  for (const [id, entry] of before) expect(after.get(id)).toEqual(entry);
  expect(after.size).toBe(16);
  for (const file of ["data.csv", "summary.csv"])
    expect(readFileSync(join(killed, file), "utf8")).toBe(readFileSync(join(whole, file), "utf8"));
  expect(existsSync(join(killed, ".lock"))).toBe(false);
});
