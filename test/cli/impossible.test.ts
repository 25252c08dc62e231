import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder } from "../runs/folder.ts";
import { attnsim } from "./attnsim.ts";

const run = (...words: string[]) => attnsim("run", "--variant", "dense", "--trials", "2", ...words);

describe("cells that cannot be had", () => {
  // edges = 68.3 a thousand tokens less 21.6: a node of out-degree 3 needs (3 + 21.6) / 68.3 thousand tokens
  const short = ["--task", "graphwalks", "--tokens", "1,4K"];
  const reason = "graphwalks, 1 tokens (2 trials): graphwalks: tokens must be >= 361 for out-degree 3; got 1";

  it.each(["numerics", "mean-field"])("are refused by name before anything runs: %s", async (mode) => {
    for (const more of [[], ["--dry-run"]]) {
      const { code, out, err } = await run(...short, "--mode", mode, "--out", emptyFolder(), ...more);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(reason);
    }
  });

  it("are left out with --skip-impossible", async () => {
    const out = emptyFolder();
    const { code, err } = await run(...short, "--mode", "mean-field", "--out", out, "--skip-impossible");
    expect(code).toBe(0);
    expect(err).toContain(reason);
    expect(readFileSync(join(out, "data.csv"), "utf8").trim().split("\n")).toHaveLength(1 + 2);
  });

  it("are tasks without a mean field, and conversations too short for their needles, too", async () => {
    const words = ["--mode", "mean-field", "--task", "mqar,mrcr,graphwalks", "--tokens", "4K", "--dry-run"];
    const { code, err } = await run(...words);
    expect(code).toBe(2);
    expect(err).toContain("mqar, dense (2 trials): the task mqar has no mean field");
    expect(err).toMatch(
      /mrcr, 4096 tokens \(2 trials\): mrcr: tokens must be >= \d+ for 8 needles; got 4096/,
    );
    const { code: fine, out } = await run(...words, "--skip-impossible");
    expect(fine).toBe(0);
    expect(out).toContain("2 trials for");
  });

  it("are k-hop sequences that are too long, in full numerics", async () => {
    const { code, err } = await run("--task", "k-hop", "--tokens", "1M", "--dry-run");
    expect([code, err]).toEqual([2, expect.stringMatching(/k-hop: the length must be <= \d+; got 1048576/)]);
  });

  it("are lengths beyond those that the mean field draws", async () => {
    const words = ["--task", "graphwalks", "--mode", "mean-field", "--tokens", "1000000M"];
    const { code, err } = await run(...words, "--out", emptyFolder());
    expect(code).toBe(2);
    expect(err).toContain("the mean field draws at most 1073741824 tokens; got 1048576000000");
  });
});

it.each(["numerics", "mean-field"])("an engine must be known, in %s too", async (mode) => {
  const words = ["--task", "graphwalks", "--tokens", "4K", "--mode", mode, "--engine", "cuda"];
  const { code, err } = await run(...words, "--out", emptyFolder());
  expect(code).toBe(2);
  expect(err).toMatch(/unknown engine "cuda"; known: .*wasm/);
});
