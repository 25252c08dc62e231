import { afterEach, expect, it } from "vitest";
import { helpAt, takeHelper, workOut } from "../../src/web/library/pool.ts";
import type { TrialJob } from "../../src/web/library/pool.ts";
import { makeChannel, pause } from "../../src/web/library/ports.ts";
import type { Port } from "../../src/web/library/ports.ts";
import type { TrialRow } from "../../src/trial/columns.ts";

const jobsOf = (count: number, tokens = "8K"): TrialJob[] =>
  Array.from({ length: count }, (_, trial) =>
    ["dense", "moba"].map((variant) => ({ task: "mrcr", variant, tokens, trial })),
  );

const ports: Port[] = [];

/** Makes a helper in this thread, which is at work where the asking worker pauses. */
function help(): void {
  const { port1, port2 } = makeChannel();
  ports.push(port1, port2);
  helpAt(port1);
  takeHelper(port2);
}

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** Rows of jobs by trial and variant, and the number of jobs that the asking worker did. */
async function worked(jobs: readonly TrialJob[]): Promise<{ rows: TrialRow[]; own: number }> {
  const rows: TrialRow[] = [];
  let own = 0;
  const work = workOut(jobs, (done) => rows.push(...done));
  while (!work.next().done) {
    own++;
    await pause();
  }
  return { rows: rows.sort((a, b) => a.trial! - b.trial! || (a.variant < b.variant ? -1 : 1)), own };
}

it("two workers make the rows of one, and each job is taken once", async () => {
  const alone = await worked(jobsOf(8));
  expect(alone.own).toBe(8);
  help();
  const together = await worked(jobsOf(8));
  expect(together.rows).toEqual(alone.rows);
  expect(together.own).toBeLessThan(8);
});

it("an error of a job is that of the worker that asked, whoever came to it first", async () => {
  help();
  await expect(worked([...jobsOf(3), ...jobsOf(1, "1K")])).rejects.toThrow("mrcr: tokens must be >=");
});

it("a question that is left has no more rows, and the helper answers the next", async () => {
  help();
  const rows: TrialRow[] = [];
  const work = workOut(jobsOf(40), (done) => rows.push(...done));
  work.next();
  work.return();
  const left = rows.length;
  await pause();
  await pause();
  expect(rows.length).toBe(left);
  expect((await worked(jobsOf(4))).rows).toHaveLength(8);
});
