import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { attnsim, attnsimJson } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("attnsim economics", () => {
  it("prints the article's figures to their digits", async () => {
    const { code, out } = await attnsim("economics");
    expect(code).toBe(0);
    const cells = out.split("\n").map((line) => line.trim().split(/ {2,}/).join(" | "));
    expect(cells).toContain("output, per million | $15 | $30 | +100%");
    expect(cells).toContain("output tokens | 10000 | 2800 | -72%");
    expect(cells).toContain("output | $0.15 | $0.084 | -44%");
    expect(out).toContain("same cost at -50% output tokens");
    expect(out).toContain("from 2.64 prompt tokens for each output token");
    expect(out).toContain("3 s leave room for 125 of them");
  });

  it("shows the change of every cost, and keeps to the hidden tokens that were given", async () => {
    const { out } = await attnsim(
      ..."economics --prompt 256K --cached 0.9 --cached-input 0.25,0.5 --think 0,2000".split(" "),
    );
    // a tenth of 262144 tokens at 2.5 and 5 USD a million, the rest at .25 and .5
    expect(out).toMatch(/^prompt, not cached +\$0\.0655 +\$0\.131 +\+100%$/m);
    expect(out).toMatch(/^prompt, cached +\$0\.059 +\$0\.118 +\+100%$/m);
    expect(out).toMatch(/^hidden reasoning +\$0 +\$0\.06 +-$/m);
    expect(out).not.toContain("saved were hidden ones");
  });

  it("counts prompt, cache and hidden reasoning", async () => {
    const { after, changes, firstAnswer } = await attnsimJson<{
      after: Record<string, number>;
      changes: Record<string, number>;
      firstAnswer: Record<string, number>;
    }>(
      ..."economics --prompt 10000 --cached 0.5 --cached-input 0.25,0.5 --think 0,700 --tpot-ms 10".split(
        " ",
      ),
    );
    expect(after["input"]).toBeCloseTo(0.025, 12);
    expect(after["cachedInput"]).toBeCloseTo(0.0025, 12);
    expect(after["think"]).toBeCloseTo(0.021, 12);
    expect(changes["outputTokens"]).toBeCloseTo(-0.65, 12);
    expect(firstAnswer["after"]).toBeCloseTo(7.5, 12);
  });

  it("writes the break-even surface", async () => {
    const { err } = await attnsim("economics", "--out", folder);
    expect(err).toContain("break-even.svg");
    const lines = readFileSync(join(folder, "data.csv"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(1 + 4 * 31 * 6);
    expect(readFileSync(join(folder, "break-even.svg"), "utf8")).toContain("72%");
  });

  it("takes prices from a table of one's own", async () => {
    const path = join(folder, "prices.yaml");
    writeFileSync(
      path,
      "source: mine\nmodels:\n  a: { input: 1, output: 2, taskTokens: 100 }\n  b: { input: 1, output: 4, taskTokens: 50 }\n",
    );
    const { changes, sources } = await attnsimJson<{ changes: Record<string, number>; sources: string[] }>(
      ...["economics", "--prices", path, "--models", "a,b"],
    );
    expect(changes).toMatchObject({ outputTokens: -0.5, totalCost: 0 });
    expect(sources).toEqual(["mine"]);
  });

  it.each([
    ["--cached 0.5", "cached-input of GPT-5.4 is not stated: give --cached-input"],
    ["--models GPT-5.4,GPT-6", 'unknown model "GPT-6"; known: GPT-5.4, GPT-5.5, Claude Opus 4.7'],
    ["--think 1", "allowed: 2 numbers >= 0"],
    ["--cached 2", "allowed: a number from 0 to 1"],
    ["--output-tokens 0,10", "GPT-5.4 must take output tokens; got 0"],
    ["--prices nowhere.yaml", "cannot read nowhere.yaml: there is no such file"],
  ])("refuses %s", async (line, message) => {
    const { code, err } = await attnsim("economics", ...line.split(" "));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
