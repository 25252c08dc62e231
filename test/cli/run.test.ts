import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { main } from "../../src/cli/program.ts";
import { emptyFolder } from "../runs/folder.ts";

/** The output of a command line and its exit code. */
async function cli(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const lines = { out: [] as string[], err: [] as string[] };
  const out = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.out.push(line));
  const err = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.err.push(line));
  const stderr = vi
    .spyOn(process.stderr, "write")
    .mockImplementation((text) => lines.err.push(String(text)) > 0);
  try {
    const code = await main(words);
    return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
  } finally {
    for (const spy of [out, err, stderr]) spy.mockRestore();
  }
}

const run = (...words: string[]): ReturnType<typeof cli> => cli("run", "--dry-run", ...words);

const basic = [
  "--task",
  "graphwalks",
  "--variant",
  "dense,oracle(k=64)",
  "--tokens",
  "4K,8192",
  "--trials",
  "2",
];

it("plans every variant on every task at every length", async () => {
  const { code, out } = await run(...basic);
  expect(code).toBe(0);
  expect(out).toContain("variants: dense, oracle(k=64)");
  expect(out).toMatch(/^graphwalks +4000 +2 +2 +4 +\d+ MB$/m);
  expect(out).toMatch(/^graphwalks +8192 +2 +2 +4 +\d+ MB$/m);
  expect(out).toMatch(/^8 trials for .*; the largest takes \d+ MB of memory$/m);
  const { trials } = JSON.parse((await run(...basic, "--json")).out) as { trials: readonly string[] };
  expect(new Set(trials).size).toBe(8);
  for (const id of trials) expect(id).toMatch(/^[0-9a-f]{16}$/);
});

it("takes a configuration file, and the command line before it", async () => {
  const folder = emptyFolder();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const yaml = file(
    "a.yaml",
    "task: graphwalks\nvariant: [dense]\ntokens: [4K, 8K]\ntrials: 3\nheadDim: 64\n",
  );
  expect((await run("--config", yaml)).out).toContain("6 trials for ");
  expect((await run("--config", yaml, "--trials", "1")).out).toContain("2 trials for ");
  const json = file("a.json", '{"task":"graphwalks","variant":"dense","tokens":4096}');
  expect((await run("--config", json)).out).toMatch(/^graphwalks +4096 /m);
  for (const [text, message] of [
    ["colour: blue", /unknown key "colour"; known: task, variant/],
    ["trials: many", /trials: .*number/],
    ["task: [", /is no YAML or JSON/],
    ["- 1", /expected object/],
  ] as const) {
    const { code, err } = await run("--config", file("b.yaml", text));
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  }
});

it("refuses wrong usage with what, got, allowed", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "out"));
  for (const [words, message] of [
    [[], /--task is missing/],
    [[...basic, "--variant", "dnse"], /unknown attention variant "dnse"; known: .*dense/],
    [[...basic, "--task", "chess"], /unknown task "chess"/],
    [[...basic, "--tokens", "4G"], /tokens must be/],
    [[...basic, "--trials", "0"], /allowed: an integer >= 1/],
    [[...basic, "--sharpness", "high"], /sharpness must be a number/],
    [[...basic, "--colour", "blue"], /unknown option '--colour'/],
    [[...basic, "--config", join(folder, "none.yaml")], /cannot read .*there is no such file/],
    [[...basic, "--budget", "users=3"], /budget needs system/],
  ] as const) {
    const { code, err } = await run(...words);
    expect([code, err], words.join(" ")).toEqual([2, expect.stringMatching(message)]);
  }
});

it("draws a CSV from the command line, and says what is wrong with one", async () => {
  const folder = emptyFolder();
  const csv = join(folder, "data.csv");
  writeFileSync(csv, "task,variant,tokensNominal,score\nfind,dense,4096,1\nfind,dense,8192,.5\n");
  const { code, out } = await cli("plot", csv, "--format", "svg");
  expect([code, out]).toEqual([0, join(folder, "accuracy.svg")]);
  expect(await cli("plot", csv, "--figure", "pie")).toMatchObject({ code: 2 });
  writeFileSync(csv, "task,variant\nfind,dense\n");
  expect(await cli("plot", csv)).toMatchObject({
    code: 2,
    err: expect.stringContaining("(missing: score, tokens)") as string,
  });
});

it("compares variants with a reference, and refuses one that is not run", async () => {
  const out = join(emptyFolder(), "out");
  const asked = ["run", "--mode", "mean-field", "--task", "graphwalks", "--tokens", "4K", "--trials", "10"];
  const variants = ["--variant", "dense,sink-window"];
  const found = await cli(...asked, ...variants, "--reference", "dense", "--out", out);
  expect(found.code).toBe(0);
  expect(found.out).toMatch(/^graphwalks-bfs, minus dense +4K, n=10$/m);
  expect(found.out).toMatch(/^sink-window +-\.\d\d \[-1?\.\d+ -\.\d\d\]$/m);
  expect(existsSync(join(out, "differences.svg"))).toBe(true);
  expect(found.out).toContain("1K is 1,000 tokens and 1M 1,024,000 in graphwalks-bfs, as its dataset has it");
  const refused = await cli(...asked, ...variants, "--reference", "dens", "--out", out);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.err).toContain('unknown reference "dens"');
});

it("warns where variants were not asked the same problems", async () => {
  const csv = join(emptyFolder(), "data.csv");
  writeFileSync(
    csv,
    "task,variant,tokensNominal,seed,trial,score\nt,a,4096,0,0,1\nt,a,4096,0,1,1\nt,b,4096,0,0,1\n",
  );
  const { code, err } = await cli("plot", csv, "--format", "svg");
  expect(code).toBe(0);
  expect(err).toContain("warning: t, 4K: variants were not asked the same problems: a 2, b 1; 1 in common");
});
